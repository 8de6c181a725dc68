"""Checks a built site: every internal link and anchor exists, and no page loads anything from a foreign host."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself. Of `link`, only these; others are for search engines.
LOADS = {"script", "img", "source", "iframe", "embed", "object", "video", "audio", "track", "input", "use", "image"}
FETCHED = {"stylesheet", "icon", "preload", "prefetch", "modulepreload", "manifest", "preconnect", "dns-prefetch"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.anchors, self.links, self.styles, self.in_style = set(), [], [], False

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        self.anchors |= {values[name] for name in ("id", "name") if name in values and (name == "id" or tag == "a")}
        self.in_style = tag == "style"
        self.styles.append(values.get("style", ""))
        loads = tag in LOADS or bool(FETCHED & set(values.get("rel", "").split()) if tag == "link" else ())
        targets = [values[name] for name in ("href", "src", "data", "poster", "xlink:href") if values.get(name)]
        targets += [one.split()[0] for one in values.get("srcset", "").split(",") if one.strip()]
        self.links += [(loads, target) for target in targets]

    def handle_data(self, text):
        if self.in_style:
            self.styles.append(text)

    def handle_endtag(self, tag):
        self.in_style = False


def read(file):
    page = Page()
    page.feed(file.read_text(encoding="utf-8"))
    return page


def foreign_styles(text):
    return re.findall(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", text)


def main(root):
    pages = {file: read(file) for file in sorted(root.rglob("*.html"))}
    faults, checked = [], 0
    for file, page in pages.items():
        name = file.relative_to(root)
        for loads, target in page.links:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                if loads and parts.scheme != "data":
                    faults.append(f"{name}: loads {target}")
                continue
            checked += 1
            path = unquote(parts.path)
            aim = root / path.lstrip("/") if path.startswith("/") else file.parent / path if path else file
            aim = aim.resolve()
            aim = aim / "index.html" if aim.is_dir() else aim
            if not aim.is_file() or not aim.is_relative_to(root):
                faults.append(f"{name}: {target} leads nowhere")
            elif parts.fragment and aim in pages and unquote(parts.fragment) not in pages[aim].anchors:
                faults.append(f"{name}: {target} has no such anchor")
        faults += [f"{name}: a style loads {address}" for text in page.styles for address in foreign_styles(text)]
    for style in root.rglob("*.css"):
        faults += [f"{style.relative_to(root)}: loads {one}" for one in foreign_styles(style.read_text(encoding="utf-8"))]
    if not checked:
        faults.append("there are no links: is this a site?")
    print("\n".join(faults) or f"{len(pages)} pages, {checked} internal links: all are right, and nothing foreign is loaded")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
