"""How fast dayops is: the loads of a nation beside floors and peers measured in the same run."""
