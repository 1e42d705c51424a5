"""Checks documents against JSON Schemas: `check_schema.py SCHEMA DOCUMENT...`; a document `.jsonl` has one a line.

It knows the words that the schemas of this project use, and refuses others.
"""

import json
import pathlib
import sys

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SAID = {"$schema", "title", "description", "format", "$id"}


def is_a(value, name):
    if name in ("integer", "number"):
        wanted = int if name == "integer" else (int, float)
        return isinstance(value, wanted) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def problems(schema, value, where="$"):
    """What is wrong with the value; nothing when it is as the schema says."""
    found = []
    for word, said in schema.items():
        if word == "type":
            names = [said] if isinstance(said, str) else said
            if not any(is_a(value, name) for name in names):
                return [f"{where} is {json.dumps(value)[:80]}, not {said}"]
        elif word == "const":
            found += [f"{where} is not {said}"] if value != said else []
        elif word == "enum":
            found += [f"{where} is {json.dumps(value)[:80]}, not one of {said}"] if value not in said else []
        elif word == "minimum":
            found += [f"{where} is below {said}"] if value < said else []
        elif word == "maximum":
            found += [f"{where} is above {said}"] if value > said else []
        elif word == "required":
            found += [f"{where} lacks {name}" for name in said if name not in value]
        elif word == "properties":
            for name, each in said.items():
                if name in value:
                    found += problems(each, value[name], f"{where}.{name}")
        elif word == "additionalProperties":
            for name in value.keys() - schema.get("properties", {}).keys():
                found += [f"{where}.{name} is not known"] if said is False else problems(said, value[name], f"{where}.{name}")
        elif word == "items":
            for number, each in enumerate(value):
                found += problems(said, each, f"{where}[{number}]")
        elif word == "allOf":
            for each in said:
                found += problems(each, value, where)
        elif word == "if":
            if not problems(said, value, where):
                found += problems(schema.get("then", {}), value, where)
        elif word not in SAID | {"then"}:
            found.append(f"the schema says '{word}', which is not known here")
    return found


def main():
    failed = False
    for schema_name, name in zip(sys.argv[1::2], sys.argv[2::2]):
        schema = json.loads(pathlib.Path(schema_name).read_text(encoding="utf-8"))
        text = pathlib.Path(name).read_text(encoding="utf-8")
        for document in text.splitlines() if name.endswith(".jsonl") else [text]:
            for problem in problems(schema, json.loads(document)):
                failed = True
                print(f"{name}: {problem}")
    if not failed:
        print("all as their schemas say")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
