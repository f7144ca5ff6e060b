-- Closes what a script could use to get out or to hang. C functions do not meet the instruction hook, so each that could
-- loop for long on a small argument is bounded here; the pattern functions are replaced in Rust.
local mark = ...
local getmetatable_, setmetatable_ = getmetatable, setmetatable
local rawget, type, error, tonumber, tostring = rawget, type, error, tonumber, tostring
local insert, remove, move, concat, sort, unpack = table.insert, table.remove, table.move, table.concat, table.sort, table.unpack
local rep = string.rep

collectgarbage, dofile, load, loadfile, warn = nil, nil, nil, nil, nil
string.dump = nil

-- A script never sees the mark of arrays, so it cannot pretend to hold a plain table.
function getmetatable(value)
  local meta = getmetatable_(value)
  if meta == mark then return nil end
  return meta
end

-- Finalizers run without the hook.
function setmetatable(value, meta)
  if type(meta) == "table" and rawget(meta, "__gc") ~= nil then error("__gc is not available here", 2) end
  return setmetatable_(value, meta)
end

local function plain(name, value)
  if type(value) == "table" then
    local meta = getmetatable_(value)
    if meta ~= nil and meta ~= mark then error("table." .. name .. " takes a table without a metatable here", 3) end
  end
end

function table.insert(t, ...) plain("insert", t) return insert(t, ...) end
function table.remove(t, ...) plain("remove", t) return remove(t, ...) end
function table.concat(t, ...) plain("concat", t) return concat(t, ...) end
function table.unpack(t, ...) plain("unpack", t) return unpack(t, ...) end

function table.move(from, first, last, at, to)
  plain("move", from)
  plain("move", to)
  local low, high = tonumber(first), tonumber(last)
  if low and high and high - low > 10000000 then
    error("table.move moves at most 10,000,000 items here", 2)
  end
  if to == nil then return move(from, first, last, at) end
  return move(from, first, last, at, to)
end

local function less(a, b) return a < b end
function table.sort(t, before) plain("sort", t) return sort(t, before or less) end

function string.rep(s, n, sep)
  local times = tonumber(n)
  if times and times > 0 and s ~= nil then
    local one = #tostring(s) + (sep and #tostring(sep) or 0)
    if one == 0 then return "" end
    if times > 16777216 / one then error("string.rep: the result is larger than 16 MiB", 2) end
  end
  return rep(s, n, sep)
end
