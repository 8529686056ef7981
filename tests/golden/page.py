# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""docs/reference/golden.md: tests/golden/preface.md, then every file with its keys."""
import pathlib

PREFACE = pathlib.Path(__file__).resolve().parent / "preface.md"


def page(goldens):
    """The page as text; `goldens` are (generator module, its list of Golden)."""
    lines = [PREFACE.read_text().rstrip()]
    for module, files in goldens:
        title, _, body = module.__doc__.partition("\n")
        lines += ["", "## " + ", ".join(f"{golden.name}.safetensors" for golden in files), "", title.strip(), "", "```",
                  body.strip(), "```"]
        for golden in files:
            lines += ["", f"### Keys of {golden.name}"] if len(files) > 1 else []
            lines += ["", "| key | shape | what |", "|---|---|---|"]
            for key, (shape, meaning) in golden.rows.items():
                meaning = meaning.replace("|", "\\|").replace("*", "\\*")
                lines.append(f"| `{key}` | {shape} | {meaning} |")
    return "\n".join(lines) + "\n"
