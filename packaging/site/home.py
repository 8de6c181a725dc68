"""A hook of mkdocs: the documents at the root of the repository become pages, and links lead to where these are.

README.md is the home page. There are no copies in git, and no document is written for the site alone.
"""

import posixpath
import re
import tomllib
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
# Names that differ in more than case from those in docs/, since some file systems do not tell case apart.
PAGES = {
    "README.md": "index.md",
    "README.zh-CN.md": "zh-CN.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "CHANGELOG.md": "changelog.md",
}
SOURCES = {page: name for name, page in PAGES.items()}
IMAGES = (".svg", ".png", ".jpg", ".gif", ".webp")
LINK = re.compile(r'(\]\(|\b(?:src|srcset|href)=")([^)"\s]+)(?=[)"\s])')
REPOSITORY = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]["repository"]


def on_config(config):
    # Not `repo_url`, with which every page would ask GitHub for the number of stars.
    config.extra["social"] = [{"icon": "fontawesome/brands/github", "link": REPOSITORY, "name": "Repository"}]
    return config


def on_files(files, config):
    for name, page in PAGES.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=text))
        for _, target in LINK.findall(text):
            if is_image_outside(target):
                image = File.generated(config, image_page(target), abs_src_path=str(ROOT / target))
                if files.get_file_from_path(image.src_uri) is None:
                    files.append(image)
    return files


def on_page_markdown(markdown, page, **_):
    """Rewrites links, but not in fenced blocks."""
    directory = "" if page.file.src_uri in SOURCES else "docs"
    lines, fence = [], False
    for line in markdown.split("\n"):
        is_fence = line.lstrip().startswith("```")
        fence ^= is_fence
        lines.append(line if fence or is_fence else LINK.sub(lambda found: rewritten(found, directory), line))
    return "\n".join(lines)


def rewritten(found, directory):
    before, target = found.groups()
    if re.match(r"[a-z]+:|#|//", target):
        return found.group()
    path, mark, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(directory, path))
    if path in PAGES:
        path = PAGES[path]
    elif path.startswith("docs/"):
        path = path.removeprefix("docs/")
    elif is_image_outside(path):
        path = image_page(path)
    else:
        path = f"{REPOSITORY}/blob/HEAD/{path}"
    if before.endswith('"') and path.endswith(".md"):
        # mkdocs rewrites links of Markdown alone.
        path = path.removesuffix(".md") + ".html"
    return before + path + mark + anchor


def is_image_outside(target):
    return target.endswith(IMAGES) and ":" not in target and not target.startswith("docs/")


def image_page(target):
    return "assets/" + posixpath.basename(target)
