"""Strings that a page may hold to harm whoever opens what is made of it."""

HOSTILE = (
    '=HYPERLINK("https://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "| a | b |",
    "\x1b[31mred\x1b]8;;https://evil.example\x07",
    "\u202egnp.exe",
    "one\r\nTY  - JOUR\r\nTI  - other",
    "../../etc/passwd",
    "{{ 7 * 7 }} {% raw %}",
    "\x00\x08\x0b\ufffe",
    "]]> <!-- -->",
    "\u2028\u2029",
)
