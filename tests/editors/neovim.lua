-- A real editor: opens a file, types, applies a fix and saves. `scripts/editors neovim` runs this in Neovim without a screen.
-- $SKANNER is the program, $TREE a repository, and $KEY a key.

local key = vim.env.KEY

local function check(holds, what)
  if not holds then
    io.stderr:write("FAILED: " .. what .. "\n")
    vim.cmd("cquit 1")
  end
end

local function wait(what, is_done)
  check(vim.wait(20000, is_done, 20), "never happened: " .. what)
end

-- As docs/editors.md says.
vim.lsp.config("skanner", { cmd = { vim.env.SKANNER, "lsp" }, root_markers = { ".git" } })
vim.lsp.enable("skanner")

vim.cmd.edit(vim.env.TREE .. "/app.py")
local buffer = vim.api.nvim_get_current_buf()
vim.bo[buffer].filetype = "python"
wait("the server is attached", function()
  local clients = vim.lsp.get_clients({ bufnr = buffer, name = "skanner" })
  return #clients == 1 and clients[1].initialized
end)

-- Typing.
vim.api.nvim_buf_set_lines(buffer, 0, -1, false, { "# 汉🦀", "crab = '🦀'; key = '" .. key .. "'", "b = 2" })
local function diagnostics()
  return vim.diagnostic.get(buffer)
end
wait("a diagnostic", function()
  return #diagnostics() == 1
end)
local one = diagnostics()[1]
local line = vim.api.nvim_buf_get_lines(buffer, 1, 2, false)[1]
check(one.lnum == 1, "the line is " .. one.lnum)
check(line:sub(one.col + 1, one.end_col) == key, "the range is not the key")
check(one.message:find(key:sub(13, 40), 1, true) == nil, "the message has the key")
check(one.message:find("Revoke the key", 1, true) ~= nil, "the message does not say what to do")

-- The first fix.
vim.api.nvim_win_set_cursor(0, { 2, one.col })
vim.lsp.buf.code_action({
  apply = true,
  filter = function(action)
    return action.title:find("^Read ") ~= nil
  end,
})
wait("the fix", function()
  return vim.api.nvim_buf_get_lines(buffer, 1, 2, false)[1] == "crab = '🦀'; key = os.environ[\"OPENAI_API_KEY\"]"
end)
wait("no diagnostic", function()
  return #diagnostics() == 0
end)
vim.cmd.write()

-- The server ends when it is told to.
local client = vim.lsp.get_clients({ bufnr = buffer, name = "skanner" })[1]
client:stop()
wait("the end of the server", function()
  return client:is_stopped()
end)
print("Neovim " .. tostring(vim.version()) .. " shows a key and replaces it")
vim.cmd("qall!")
