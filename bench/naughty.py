# ruff: noqa: E501, RUF001 - odd letters are the point, and lines of texts are no prose
"""Texts that have broken programs before: control characters, odd letters, payloads, and what only looks like nothing.

Our own list: each is one cell's text, and none may break, change or hide anything.
"""

NAUGHTY = (
    # what looks like nothing, or like a value that is missing
    "NULL", "null", "None", "NaN", "nan", "NA", "N/A", "#N/A", "undefined", "nil", "-", "--", ".", "''", '""', "\\", "\\N",
    "inf", "-inf", "Infinity", "0x1F", "1e309", "1E+05", "-0", "+0", "00", "1_000", "1,5", "1.000,50", "٣٤", "½", "１２",
    "TRUE", "true", "false", "١", "²", "0.1e-400",
    # spaces of every kind
    "\t", "a\tb", "a\nb", "a\r\nb", "\u00a0", "x\u00a0", "\u2003x", "a\u2028b", "a\u2029b", "\u3000", "a\u0085b",
    # what cannot be seen, and what turns the writing round
    "\u200b", "zero\u200bwidth", "\ufeffmark", "soft\u00adhyphen", "join\u200dme", "\u202eesrever\u202c", "\u2066x\u2069",
    "\u061cx", "a\u0300\u0301\u0302\u0303b", "e\u0301", "\u1160", "\U000e0041",
    # control characters
    "bell\u0007", "null\u0000byte", "esc\u001b[31mred", "del\u007f", "\u0001", "\ufffe", "\uffff", "\ufffd",
    # letters
    "Tŷ Dŵr", "ŴŶŵŷ", "Llwŷn â'r môr", "Tÿ", "ẁẃẅỳ", "ﬁne", "ǅ", "ß", "İ", "ı", "ſ", "Ω", "中文字", "日本語", "한국어", "עברית",
    "العربية", "ไทย", "हिन्दी", "𝕋𝕪", "𐍈", "😀", "👩‍👩‍👧‍👦", "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f", "Z͑ͫ̓a̴l̷g̶o̷",
    # quotation marks and separators
    "'", '"', '"""', "''''", "`", "´", "“x”", "a,b", "a;b", "a|b", '","', "a''b", 'a""b', "\\\"", "%", "%s", "%(x)s", "{}",
    "{0}", "{label}", "{value!r}", "${HOME}", "$(id)", "`id`", "%00", "&amp;", "&lt;", "&#0;", "]]>", "<![CDATA[x]]>",
    # payloads
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("http://example.org","x")', "\t=1+1", "\r=1+1",
    "=WEBSERVICE(\"http://example.org\")", "';drop table landing.submission;--", "1' or '1'='1", "1;select pg_sleep(9)",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "<b>bold</b>", "<!--", "-->",
    "../../../etc/passwd", "..\\..\\windows", "/dev/null", "C:\\CON", "file:///etc/passwd", "http://example.org/?a=b&c=d",
    "<?xml version=\"1.0\"?>", "<!DOCTYPE x>", "{{7*7}}", "<%= 7*7 %>", "__proto__", "constructor", "jndi:ldap://x",
    "_x0041_", "_x0000_", "_xD800_", "_x005F_x0041_", "sep=;", "\\x41", "\\u0041", "\\n", "rm -rf /",
    # sizes
    "W" * 201, "long " * 300, "é" * 2_000, "9" * 40, "9" * 400, "-" + "9" * 30, "0." + "3" * 50,
)  # fmt: skip
"""The texts."""
