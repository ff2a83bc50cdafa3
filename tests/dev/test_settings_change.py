"""Edits beside the code: declarations, requirements, configuration, the environment."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.dev.served import TOOL, saying, served, write_saying
from tests.support.plugin import parameter, write_plugin, write_yaml
from tests.support.waiting import wait_until

TOLD = """
import os
told = {"user": self.runtime.user_id, "credentials": self.runtime.credentials}
told["env"] = {name: os.environ.get(name) for name in ("FROM_CONFIG", "FROM_FILE")}
yield self.create_text_message(__import__("json").dumps(told))
"""


def test_a_tool_that_is_added_can_be_called(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    with served(folder) as plugin:
        assert "error" in plugin.call("other")
        body = "yield self.create_text_message(tool_parameters['word'])"
        write_plugin(
            folder,
            tools={"say": "", "other": body},
            parameters={"other": [parameter("word", form="form", default="from the yaml")]},
        )
        plugin.write(TOOL, saying("one"))
        plugin.dev.wait_for("loaded", lambda event: "tools/other.yaml" in event["changed"])
        wait_until(lambda: plugin.call("other").get("status") == "ok")
        assert plugin.said("other") == "from the yaml"
        tool = folder / "tools" / "other.yaml"
        tool.write_text(tool.read_text().replace("from the yaml", "edited"))
        wait_until(lambda: plugin.said("other") == "edited")
        assert plugin.command.ok("run", "other", "word=given").text == "given\n"


def test_an_endpoint_that_is_added_is_served_and_in_dev_json(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path / "plugin", endpoints={"GET /one": "return Response('1')"})
    with served(folder) as plugin:
        assert plugin.dev.get("/two").status_code == 404
        two = {"GET /one": "return Response('1')", "POST /two": "return Response('2')"}
        write_plugin(folder, endpoints=two)
        wait_until(lambda: plugin.dev.request("POST", "/two").text == "2")
        wait_until(lambda: len(announced(plugin.dev.state)["endpoints"]) == 2)
        endpoint = announced(plugin.dev.state)["endpoints"][1]
        assert (endpoint["method"], endpoint["path"]) == ("POST", "/two")
        assert endpoint["url"] == plugin.dev.endpoint_url("/two")


def announced(state: Path) -> Any:
    return json.loads((state / "dev.json").read_text())["plugins"][0]


def test_permissions_and_quota_of_the_manifest_take_effect(tmp_path: Path) -> None:
    body = "storage.set('k', b'x' * 2000)\nyield self.create_text_message('stored')"
    folder = write_plugin(tmp_path / "plugin", tools={"say": body}, storage=1024)
    with served(folder) as plugin:
        assert "allocated size is greater than max storage size" in str(plugin.call()["error"])
        write_plugin(folder, tools={"say": body}, storage=4096)
        wait_until(lambda: plugin.call()["status"] == "ok")
        write_plugin(folder, tools={"say": body}, storage=None)
        wait_until(lambda: plugin.call()["status"] == "error")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"user": "ada"}, {"user": "ada"}),
        ({"env": {"FROM_CONFIG": "x"}}, {"env": {"FROM_CONFIG": "x", "FROM_FILE": None}}),
        ({"credentials": {"token": "abcdef"}}, {"credentials": {"token": "${token}"}}),
    ],
)
def test_the_configuration_takes_effect_when_it_is_saved_and_when_it_is_deleted(
    tmp_path: Path, config: dict[str, Any], told: dict[str, Any]
) -> None:
    with served(write_plugin(tmp_path / "plugin", tools={"say": TOLD})) as plugin:
        before = json.loads(plugin.said())
        write_yaml(plugin.folder / "dify-emulator.yaml", config)
        wait_until(lambda: json.loads(plugin.said()) == {**before, **told})
        (plugin.folder / "dify-emulator.yaml").unlink()
        wait_until(lambda: json.loads(plugin.said()) == before)


def test_settings_of_endpoints_take_effect(tmp_path: Path) -> None:
    declared = [{"name": "title", "type": "text-input", "label": {"en_US": "Title"}}]
    body = {"GET /": "return Response(settings.get('title', 'none'))"}
    folder = write_plugin(tmp_path / "plugin", endpoints=body, settings=declared)
    with served(folder) as plugin:
        write_yaml(folder / "dify-emulator.yaml", {"settings": {"title": "Letters"}})
        wait_until(lambda: plugin.dev.get("/").text == "Letters")
        write_yaml(folder / "dify-emulator.yaml", {"settings": {"title": "Numbers"}})
        wait_until(lambda: plugin.dev.get("/").text == "Numbers")


def test_the_workspace_of_requests_follows_the_configuration(tmp_path: Path) -> None:
    body = {
        "PUT /": "storage.set('k', r.get_data())\nreturn Response('stored')",
        "GET /": "return Response(storage.get('k') if storage.exist('k') else 'nothing')",
    }
    folder = write_plugin(tmp_path / "plugin", endpoints=body)
    with served(folder) as plugin:
        plugin.dev.request("PUT", "/", content=b"in default")
        write_yaml(folder / "dify-emulator.yaml", {"workspace": "staging"})
        wait_until(lambda: plugin.dev.get("/").text == "nothing")
        plugin.dev.request("PUT", "/", content=b"in staging")
        assert plugin.command.ok("storage", "get", "k", "-w", "default").text == "in default"
        assert plugin.command.ok("storage", "get", "k", "-w", "staging").text == "in staging"


def test_configuration_that_never_served_is_forgotten_with_the_code_beside_it(
    tmp_path: Path,
) -> None:
    """Both are changed, which does not load, and both are changed back."""
    body = {"GET /": "storage.set('k', b'1')\nreturn Response('stored')"}
    folder = write_plugin(tmp_path / "plugin", endpoints=body)
    with served(folder) as plugin:
        main = (folder / "main.py").read_text()
        plugin.write("main.py", "1 / 0\n")
        plugin.broken()
        write_yaml(folder / "dify-emulator.yaml", {"workspace": "other", "rerun": "none"})
        two = {**body, "GET /two": "return Response('two')"}
        write_plugin(folder, endpoints=two, main="1 / 0\n")
        wait_until(lambda: len(plugin.dev.events("broken")) >= 2 or plugin.generation > 1)
        (folder / "dify-emulator.yaml").unlink()
        write_plugin(folder, endpoints=body)
        (folder / "endpoints" / "endpoint1.yaml").unlink()
        (folder / "endpoints" / "endpoint1.py").unlink()
        plugin.write("main.py", main)
        wait_until(lambda: plugin.dev.get("/").text == "stored")
        assert plugin.command("storage", "get", "k", "-w", "other").code == 1
        assert plugin.command.ok("storage", "get", "k").text == "1"
        assert len(announced(plugin.dev.state)["endpoints"]) == 1


def test_the_env_file_is_read_anew(tmp_path: Path) -> None:
    main = """
    from dify_plugin import DifyPluginEnv, Plugin
    env = DifyPluginEnv()
    if __name__ == "__main__":
        import sys
        sys.timeout = env.MAX_REQUEST_TIMEOUT
        Plugin(env).run()
    """
    body = "import sys\nyield self.create_text_message(str(sys.timeout))"
    with served(write_plugin(tmp_path / "plugin", tools={"say": body}, main=main)) as plugin:
        for seconds in ("77", "88"):
            plugin.write(".env", f"MAX_REQUEST_TIMEOUT={seconds}\n")
            plugin.says(seconds)


def test_requirements_that_cannot_be_had_are_told_and_mended(tmp_path: Path) -> None:
    folder = write_saying(tmp_path / "plugin")
    environment = {"UV_OFFLINE": "1", "UV_NO_CACHE": "1"}
    with served(folder, environment=environment) as plugin:
        plugin.write("requirements.txt", "dify_plugin\nno-package-has-this-name==77\n")
        event = plugin.dev.wait_for("broken")
        assert "no environment can be built from it" in event["error"]["message"]
        assert any("Building" in each["message"] for each in plugin.dev.events("progress"))
        assert "no environment can be built" in plugin.call()["error"]["message"]
        plugin.write("requirements.txt", "dify_plugin\n")
        plugin.says("one")
        plugin.save("two")
        plugin.says("two")


def test_requirements_that_are_met_load_anew_with_the_same_interpreter(tmp_path: Path) -> None:
    body = "import sys\nyield self.create_text_message(sys.executable)"
    with served(write_plugin(tmp_path / "plugin", tools={"say": body})) as plugin:
        plugin.write("requirements.txt", "dify_plugin>=0.3\npyyaml\n")
        assert plugin.loaded(2)["changed"] == ["requirements.txt"]
        assert plugin.said() == sys.executable
