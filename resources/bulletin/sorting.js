// Sorts tables by a column, opens nothing, fetches nothing. Without it the page says all that it says, in reading order.
"use strict";
(function () {
  var root = document.documentElement;
  var compare = new Intl.Collator(root.lang, { numeric: true }).compare;
  var said = document.querySelector(".said");

  function key(row, column) {
    var cell = row.children[column];
    var isNumber = cell.classList.contains("n");
    if (isNumber) return cell.hasAttribute("data-value") ? Number(cell.getAttribute("data-value")) : null;
    return cell.textContent;
  }

  // What is not shown comes last, whichever way the rest is sorted; rows that are alike keep their order.
  function order(column, direction) {
    return function (one, other) {
      var a = key(one, column), b = key(other, column);
      if (a === null || b === null) return (a === null) - (b === null);
      return direction * (typeof a === "number" ? a - b : compare(a, b));
    };
  }

  function tell(table, heading, isUp) {
    var words = root.getAttribute(isUp ? "data-sorted-up" : "data-sorted-down");
    said.textContent = words.replace("{caption}", table.caption.textContent).replace("{column}", heading.textContent);
  }

  function sort(table, heading) {
    var isUp = heading.getAttribute("aria-sort") !== "ascending";
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    rows.sort(order(heading.cellIndex, isUp ? 1 : -1));
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
    tell(table, heading, isUp);
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (heading) {
      var button = document.createElement("button");
      button.type = "button";
      button.append.apply(button, Array.prototype.slice.call(heading.childNodes));
      button.addEventListener("click", function () { sort(table, heading); });
      heading.appendChild(button);
    });
  });

  // A table that fits needs no stop of the Tab key.
  function stops() {
    document.querySelectorAll(".scroll").forEach(function (region) {
      if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
      else region.removeAttribute("tabindex");
    });
  }
  stops();
  window.addEventListener("resize", stops);
  document.addEventListener("toggle", stops, true);
})();
