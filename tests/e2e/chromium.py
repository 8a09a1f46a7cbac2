"""The browser of the tests: Debian's Chromium, which asks nobody but this machine."""

import shutil

CHROMIUM = shutil.which("chromium")

_NO_POPUPS = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
"""What the address bar would open is otherwise made ready for each window, in processes of its own,
which is most of what a window costs (nobody types there).
"""

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *(
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        f"--disable-features={_NO_POPUPS}",
    ),
)
