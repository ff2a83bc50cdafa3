"""``dify-emulator.yaml``: every key, everything that can be wrong with one, and what beats it."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import UsageError
from emulator.plugin.config import Config, read_config
from tests.conftest import MakePlugin

SAY = """
told = {"user": self.runtime.user_id, "credentials": self.runtime.credentials}
storage.set("told", b"")
yield self.create_json_message(told)
"""


LIMIT = "should be a mapping with `rounds` or `bytes`, each a number from 1"


def config_of(folder: Path, text: str) -> Config:
    (folder / "dify-emulator.yaml").write_text(text, encoding="utf-8")
    return read_config(folder)


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as refusal:
        config_of(folder, text)
    assert refusal.value.exit_code == 2
    return refusal.value.message.splitlines()


def test_without_a_file_all_is_as_by_default(tmp_path: Path) -> None:
    assert read_config(tmp_path) == Config()
    assert Config() == Config(
        workspace="default",
        user="local-user",
        credentials={},
        settings={},
        seed=None,
        rerun="last",
        env={},
        watch=[],
        ignore=[],
        storage_rules="local",
        silence=[],
        history={},
    )


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("workspace", "team", "team"),
        ("user", "ada", "ada"),
        ("credentials", "{token: abc, port: 5, ok: true}", {"token": "abc", "port": 5, "ok": True}),
        ("settings", "{title: x, flags: [1]}", {"title": "x", "flags": [1]}),
        ("seed", "seeds/first.yaml", "seeds/first.yaml"),
        ("rerun", "last", "last"),
        ("rerun", "none", "none"),
        ("env", "{DEBUG: '1', EMPTY: ''}", {"DEBUG": "1", "EMPTY": ""}),
        ("watch", "['*.txt', 'data/**']", ["*.txt", "data/**"]),
        ("ignore", "[]", []),
        ("storage_rules", "local", "local"),
        ("storage_rules", "object-store", "object-store"),
        ("history", "{rounds: 20}", {"rounds": 20}),
        ("history", "{rounds: 1, bytes: 100000000}", {"rounds": 1, "bytes": 100_000_000}),
        ("history", "{}", {}),
        ("silence", "[DE201, DE214]", ["DE201", "DE214"]),
    ],
)
def test_a_key_is_read_and_the_others_stay_as_they_are(
    tmp_path: Path, key: str, text: str, value: Any
) -> None:
    assert config_of(tmp_path, f"{key}: {text}\n") == Config(**{key: value})


def test_an_empty_mapping_is_a_configuration(tmp_path: Path) -> None:
    assert config_of(tmp_path, "{}\n") == Config()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("workspace: 5", "1:1: `workspace` should be text"),
        ("workspace: ''", "1:1: `workspace` should be text"),
        ("workspace:", "1:1: `workspace` should be text"),
        ("user: [a]", "1:7: `user` should be text"),
        ("user: true", "1:1: `user` should be text"),
        ("credentials: token", "1:1: `credentials` should be a mapping of names to values"),
        ("credentials: {5: x}", "1:14: `credentials` should be a mapping of names to values"),
        ("settings: [a]", "1:11: `settings` should be a mapping of names to values"),
        ("seed: [a]", "1:7: `seed` should be the path of a file"),
        ("rerun: first", "1:1: `rerun` should be `last` or `none`"),
        ("rerun: [last]", "1:8: `rerun` should be `last` or `none`"),
        ("env: {PORT: 5}", "1:6: `env` should be a mapping of names to text"),
        ("env: text", "1:1: `env` should be a mapping of names to text"),
        ("watch: '*.txt'", "1:1: `watch` should be a list of patterns"),
        ("watch: [1]", "1:8: `watch` should be a list of patterns"),
        ("ignore: {a: b}", "1:9: `ignore` should be a list of patterns"),
        ("storage_rules: s3", "1:1: `storage_rules` should be `local` or `object-store`"),
        ("history: 100", f"1:1: `history` {LIMIT}"),
        ("history: {rounds: 0}", f"1:10: `history` {LIMIT}"),
        ("history: {bytes: -1}", f"1:10: `history` {LIMIT}"),
        ("history: {bytes: 1.5}", f"1:10: `history` {LIMIT}"),
        ("history: {rounds: true}", f"1:10: `history` {LIMIT}"),
        ("history: {bytes: 1 GiB}", f"1:10: `history` {LIMIT}"),
        ("history: {days: 3}", f"1:10: `history` {LIMIT}"),
        ("silence: DE201", "1:1: `silence` should be a list of codes such as DE201"),
        ("silence: [DE201, 202]", "1:10: `silence` should be a list of codes such as DE201"),
        ("silence: [de201]", "1:10: `silence` should be a list of codes such as DE201"),
        ("silence: [DE2011]", "1:10: `silence` should be a list of codes such as DE201"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_with_its_place(
    tmp_path: Path, text: str, told: str
) -> None:
    assert refused(tmp_path, f"{text}\n") == [f"dify-emulator.yaml:{told}"]


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("workspce", "did you mean `workspace`?"),
        ("users", "did you mean `user`?"),
        ("credential", "did you mean `credentials`?"),
        ("storage-rules", "did you mean `storage_rules`?"),
        ("ENV", "the keys are workspace, user, credentials, settings, seed, rerun, env,"),
        ("5", "the keys are workspace,"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_right_one(
    tmp_path: Path, key: str, hint: str
) -> None:
    (told,) = refused(tmp_path, f"# about\n{key}: x\n")
    assert told.startswith(f"dify-emulator.yaml:2:1: unknown key `{key}`; {hint}")


def test_a_code_of_no_note_is_told_with_the_nearest_right_one(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": SAY})
    config = emulator.plugin / "dify-emulator.yaml"
    config.write_text("silence:\n  - DE201\n  - DE904\n")
    for words in (["storage", "list"], ["run", "say"], ["dev", "--port", "0"]):
        result = emulator(*words)
        assert result.code == 2
        told = "dify-emulator.yaml:3:5: there is no note `DE904`; did you mean `DE404`?"
        assert told in result.err


def test_a_silenced_note_is_not_told(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": SAY, "twice": "storage.set('a//b', b'')\nreturn\nyield"})
    assert "DE201" in emulator.ok("run", "twice").err
    (emulator.plugin / "dify-emulator.yaml").write_text("silence: [DE201, DE104]\n")
    result = emulator.ok("run", "twice", "--json")
    assert result.json["notes"] == []


def test_all_problems_come_in_one_go(tmp_path: Path) -> None:
    told = refused(tmp_path, "usr: x\nrerun: maybe\nuser: ada\nwatch: 5\n")
    assert [line.split(": ")[0] for line in told] == [
        "dify-emulator.yaml:1:1",
        "dify-emulator.yaml:2:1",
        "dify-emulator.yaml:4:1",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "1:1: should hold a mapping of keys to values, is empty", id="empty"),
        pytest.param(b"- user\n", "1:1: should hold a mapping", id="a list"),
        pytest.param(b"user: a\n\trerun: b\n", "2:1: is not YAML", id="a tab"),
        pytest.param(b"user: \xff\n", "1:1: cannot be read as UTF-8 text", id="not UTF-8"),
        pytest.param(b"env: &all {a: *all}\n", "1:", id="a mapping within itself"),
        pytest.param(b"watch: &all [*all]\n", "1:", id="a list within itself"),
    ],
)
def test_a_file_that_holds_no_configuration_is_told(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "dify-emulator.yaml").write_bytes(content)
    with pytest.raises(UsageError) as refusal:
        read_config(tmp_path)
    assert refusal.value.message.startswith(f"dify-emulator.yaml:{told}")


def test_variables_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_A", "abc: [1]")
    monkeypatch.setenv("EMPTY", "")
    text = """
user: u-${TOKEN_A}-${EMPTY}-${TOKEN_A}
credentials: {token: '${TOKEN_A}', deep: [{x: '${TOKEN_A}'}], port: 5}
watch: ['${TOKEN_A}/*']
env: {A: '$TOKEN_A', B: '${}', C: '${a b}', D: '$${TOKEN_A}', '${TOKEN_A}': k}
"""
    config = config_of(tmp_path, text)
    assert config.user == "u-abc: [1]--abc: [1]"
    assert config.credentials == {"token": "abc: [1]", "deep": [{"x": "abc: [1]"}], "port": 5}
    assert config.watch == ["abc: [1]/*"]
    plain = {"A": "$TOKEN_A", "B": "${}", "C": "${a b}", "${TOKEN_A}": "k"}
    assert config.env == {**plain, "D": "$abc: [1]"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("user: ${NOT_SET_HERE}", "1:1"),
        ("rerun: last\ncredentials:\n  a: x\n  b: y-${NOT_SET_HERE}", "4:3"),
        ("watch: [a, '${NOT_SET_HERE}']", "1:12"),
        ("settings: {a: [{b: '${NOT_SET_HERE}'}]}", "1:17"),
    ],
)
def test_a_missing_variable_is_told_with_its_name_and_place(
    tmp_path: Path, text: str, place: str
) -> None:
    with pytest.raises(UsageError) as refusal:
        config_of(tmp_path, text)
    told = f"dify-emulator.yaml:{place}: the environment variable NOT_SET_HERE is not set"
    assert refusal.value.message == told
    assert "export NOT_SET_HERE=" in refusal.value.advice


def test_the_command_line_beats_the_file(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": SAY})
    (emulator.plugin / "dify-emulator.yaml").write_text(
        "workspace: team\nuser: ada\ncredentials: {a: file, b: file}\n"
    )
    told = json.loads(emulator.ok("run", "say").text)
    assert told == {"user": "ada", "credentials": {"a": "file", "b": "file"}}
    words = ["--user", "bob", "--credential", "b=line", "--credential", "c:=[1]"]
    told = json.loads(emulator.ok("run", "say", *words, "-w", "own").text)
    assert told == {"user": "bob", "credentials": {"a": "file", "b": "line", "c": [1]}}
    for workspace in ("team", "own"):
        emulator.ok("storage", "get", "told", "-w", workspace)


def test_the_file_beats_the_defaults_for_storage_commands_too(make_plugin: MakePlugin) -> None:
    emulator = make_plugin(tools={"say": SAY})
    (emulator.plugin / "dify-emulator.yaml").write_text("workspace: team\n")
    emulator.ok("storage", "set", "k", "v")
    assert emulator.ok("storage", "get", "k", "-w", "team").out == b"v"
    assert emulator("storage", "get", "k", "-w", "default").code == 1


def test_settings_of_the_file_and_the_line_are_put_together(make_plugin: MakePlugin) -> None:
    settings = [
        {"name": name, "type": kind, "label": {"en_US": name}}
        for name, kind in (("title", "text-input"), ("color", "text-input"), ("on", "boolean"))
    ]
    body = "return Response(json.dumps(settings, sort_keys=True))"
    emulator = make_plugin(endpoints={"GET /a": body}, settings=settings)
    (emulator.plugin / "dify-emulator.yaml").write_text("settings: {title: a, color: red}\n")
    words = ["--setting", "color=blue=green", "--setting", "on:=true"]
    told = emulator.ok("request", "GET", "/a", *words).json
    assert told == {"title": "a", "color": "blue=green", "on": True}


def test_env_reaches_the_plugin_and_beats_the_environment(make_plugin: MakePlugin) -> None:
    body = "import os\nyield self.create_json_message(dict(os.environ))"
    emulator = make_plugin(tools={"say": body})
    (emulator.plugin / "dify-emulator.yaml").write_text("env: {PATH: /bin, ADDED: 'a b'}\n")
    told = json.loads(emulator.ok("run", "say").text)
    assert (told["PATH"], told["ADDED"]) == ("/bin", "a b")
