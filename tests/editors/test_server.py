"""The language server, as pytest-lsp's client talks to it: with types of the protocol that refuse what does not fit them.

`scripts/editors lsp` runs this. $SKANNER is the program, and $TREE a repository.
"""

import os
from pathlib import Path

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

TREE = Path(os.environ["TREE"])
KEY = os.environ["KEY"]
TEXT = f'a = "🦀"; key = "{KEY}"\n'


@pytest_lsp.fixture(
    params=["visual_studio_code", "neovim", "emacs"],
    config=ClientServerConfig(server_command=[os.environ["SKANNER"], "lsp"]),
)
async def client(request, lsp_client: LanguageClient):
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(_: types.RegistrationParams):
        return None

    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities(request.param),
            workspace_folders=[types.WorkspaceFolder(uri=TREE.as_uri(), name="tree")],
        )
    )
    lsp_client.of_server = result.capabilities
    yield
    await lsp_client.shutdown_session()


async def opened(client, name, text):
    uri = (TREE / name).as_uri()
    item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    document = types.TextDocumentIdentifier(uri=uri)
    if client.of_server.diagnostic_provider:
        report = await client.text_document_diagnostic_async(types.DocumentDiagnosticParams(text_document=document))
        return document, list(report.items)
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    return document, list(client.diagnostics[uri])


async def test_a_key_is_shown_and_replaced(client: LanguageClient):
    document, found = await opened(client, "app.py", TEXT)
    [one] = found
    assert one.source == "skanner" and one.code == "openai-project-key"
    assert one.severity == types.DiagnosticSeverity.Error
    assert KEY[-4:] in one.message and KEY[12:40] not in one.message
    units = {"utf-8": 4, "utf-16": 2, "utf-32": 1}
    crab = units[client.of_server.position_encoding]
    start = len('a = "') + crab + len('"; key = "')
    assert (one.range.start.character, one.range.end.character) == (start, start + len(KEY))
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=document, range=one.range, context=types.CodeActionContext(diagnostics=[one])
        )
    )
    titles = [action.title for action in actions]
    assert titles[0] == 'Read OPENAI_API_KEY instead: os.environ["OPENAI_API_KEY"]', titles
    assert any(title.startswith("Allow it") for title in titles)
    edit = actions[0].edit
    edits = edit.document_changes[0].edits if edit.document_changes else edit.changes[document.uri]
    assert edits[0].new_text == 'os.environ["OPENAI_API_KEY"]'


async def test_nothing_is_shown_where_nothing_is(client: LanguageClient):
    _, found = await opened(client, "clean.py", "a = 1\n")
    assert found == []
