"""Brings the files of the repository that pages link to into the site, and writes llms.txt and versions.json."""

import json
import os
import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File, Files

LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s]+)(\))")
FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)
OUTSIDE = "repository"


def _root(config):
    return Path(config.config_file_path).parent


def _target(link, page):
    """The file of the repository that a link of a page points to, and its anchor; None for other links."""
    path, hash_mark, anchor = link.partition("#")
    if not path or "://" in path or path.startswith("mailto:"):
        return None
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)), hash_mark + anchor


def _place(file):
    """Where a file of the repository is in the site's sources."""
    if file.startswith("docs/"):
        return file[len("docs/"):]
    return OUTSIDE + "/" + re.sub(r"README\.md$", "index.md", file)


def _read(root, file):
    path = root / file
    return file + "/README.md" if (path / "README.md").is_file() else file


def on_files(files, config):
    root = _root(config)
    waiting = ["docs/" + file.src_uri for file in files.documentation_pages()]
    seen = set(waiting)
    found = []
    while waiting:
        page = waiting.pop()
        if not page.endswith(".md"):
            continue
        for link in LINK.findall(FENCE.sub("", (root / page).read_text())):
            target = _target(link[1], page)
            file = target and _read(root, target[0])
            if file and not file.startswith("docs/") and file not in seen and (root / file).is_file():
                seen.add(file)
                found.append(file)
                waiting.append(file)
    for file in sorted(found):
        files.append(File.generated(config, _place(file), abs_src_path=str(root / file)))
    return Files(files)


def on_page_markdown(markdown, page, config, files):
    root = _root(config)
    uri = page.file.src_uri
    outside = uri.startswith(OUTSIDE + "/")
    source = re.sub(r"index\.md$", "README.md", uri[len(OUTSIDE) + 1:]) if outside else "docs/" + uri
    here = posixpath.dirname(uri)

    def moved(match):
        target = _target(match.group(2), source)
        if target is None:
            return match.group(0)
        file = _read(root, target[0])
        return match.group(1) + posixpath.relpath(_place(file), here or ".") + target[1] + match.group(3)

    parts = FENCE.split(markdown)
    return "".join(part if part.startswith("```") else LINK.sub(moved, part) for part in parts)


def on_post_build(config):
    """An index for language models, and the list of versions that the version selector reads."""
    site = Path(config.site_dir)
    root = _root(config)
    lines = ["# Drover", "", "> " + config.site_description, ""]

    def listed(entry, depth):
        for name, value in entry.items() if isinstance(entry, dict) else [(None, entry)]:
            if isinstance(value, list):
                lines.extend(["", "#" * (depth + 1) + " " + name, ""])
                for each in value:
                    listed(each, depth + 1)
                continue
            text = (root / "docs" / value).read_text()
            title = re.search(r"^# (.+)$", text, re.MULTILINE).group(1)
            first = next((p for p in re.split(r"\n\n", text)[1:] if p[0].isalpha()), "")
            summary = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(first.split()))
            url = re.sub(r"(index)?\.md$", "", value)
            lines.append("- [%s](%s): %s" % (title, url + "/" if url and not url.endswith("/") else url or "./", summary))

    for entry in config.nav:
        listed(entry, 1)
    (site / "llms.txt").write_text("\n".join(lines) + "\n")
    versions = site.parent / "versions.json"
    known = json.loads(versions.read_text()) if versions.exists() else []
    version = site.name
    known = [each for each in known if each["version"] != version]
    versions.write_text(json.dumps([{"version": version, "title": version, "aliases": []}] + known, indent=2) + "\n")
