"""Which of our two languages a browser or a program likes better."""


def language_of(accepted: str) -> str:
    """`zh` or `en`, whichever Accept-Language likes better (RFC 9110 section 12.5.4)."""
    liking = {"zh": 0.0, "en": 0.0}
    for entry in accepted.split(","):
        wanted, _, weight = entry.strip().lower().partition(";q=")
        primary = wanted.partition("-")[0]
        if primary in liking:
            liking[primary] = max(liking[primary], _weight(weight))
    return "zh" if liking["zh"] > liking["en"] else "en"


def _weight(text: str) -> float:
    """A quality value; 0 for what is none."""
    try:
        return min(max(float(text or "1"), 0.0), 1.0)
    except ValueError:
        return 0.0
