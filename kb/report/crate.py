"""What a pack is, for machines: RO-Crate 1.3 (https://w3id.org/ro/crate/1.3)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date

METADATA = "ro-crate-metadata.json"
VERSION = "https://w3id.org/ro/crate/1.3"
FORMATS = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "txt": "text/plain",
    "wacz": "application/wacz",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def crate(
    files: Mapping[str, bytes],
    says: Mapping[str, str],
    *,
    name: str,
    description: str,
    licence: str,
    licence_url: str,
    owner: str,
    day: date,
    version: str,
) -> bytes:
    """The metadata of those files; `says`: file to what it is, in a sentence."""
    agent, software, made = "#owner", "#kb", "#made"
    parts: list[dict[str, object]] = [
        {
            "@id": each,
            "@type": "File",
            "name": says.get(each, each),
            "encodingFormat": FORMATS[each.rpartition(".")[2]],
            "contentSize": str(len(content)),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for each, content in sorted(files.items())
    ]
    graph: list[dict[str, object]] = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "conformsTo": {"@id": VERSION},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": name,
            "description": description,
            "datePublished": day.isoformat(),
            "license": {"@id": licence_url},
            "author": {"@id": agent},
            "publisher": {"@id": agent},
            "hasPart": [{"@id": each["@id"]} for each in parts],
            "mentions": {"@id": made},
        },
        {
            "@id": licence_url,
            "@type": "CreativeWork",
            "name": "Open Government Licence 3.0",
            "description": licence,
        },
        {"@id": agent, "@type": "Organization", "name": owner},
        {"@id": software, "@type": "SoftwareApplication", "name": "kb", "softwareVersion": version},
        {
            "@id": made,
            "@type": "CreateAction",
            "name": "The pack was made from one snapshot",
            "agent": {"@id": agent},
            "instrument": {"@id": software},
            "endTime": day.isoformat(),
            "result": {"@id": "./"},
        },
        *parts,
    ]
    document = {"@context": f"{VERSION}/context", "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
