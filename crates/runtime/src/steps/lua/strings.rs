//! `string.find`, `match`, `gmatch` and `gsub` on the counted matcher.

use super::limits::{Limits, MAX_MEMORY};
use super::pattern::{Capture, Matcher, PatternError};
use super::replacement::Replacement;
use mlua::{Error, IntoLuaMulti, Lua, LuaString, MultiValue, Result, Table, Value};
use std::sync::Arc;

const SPECIALS: &[u8] = b"^$*+?.([%-";

/// Replaces the four functions in the state's `string` table.
pub fn install(lua: &Lua, limits: &Arc<Limits>) -> Result<()> {
    let string: Table = lua.globals().raw_get("string")?;
    let shared = Arc::clone(limits);
    string.raw_set(
        "find",
        lua.create_function(
            move |lua, (text, pattern, init, plain): (LuaString, LuaString, _, Option<Value>)| {
                let plain = plain.is_some_and(|p| !matches!(p, Value::Nil | Value::Boolean(false)));
                find(lua, &shared, &text, &pattern, init, plain)
            },
        )?,
    )?;
    let shared = Arc::clone(limits);
    string.raw_set(
        "match",
        lua.create_function(
            move |lua, (text, pattern, init): (LuaString, LuaString, _)| {
                first_match(lua, &shared, &text, &pattern, init)
            },
        )?,
    )?;
    let shared = Arc::clone(limits);
    string.raw_set(
        "gmatch",
        lua.create_function(
            move |lua, (text, pattern, init): (LuaString, LuaString, _)| {
                gmatch(lua, Arc::clone(&shared), text, pattern, init)
            },
        )?,
    )?;
    let shared = Arc::clone(limits);
    string.raw_set(
        "gsub",
        lua.create_function(
            move |lua,
                  (text, pattern, replacement, most): (
                LuaString,
                LuaString,
                Value,
                Option<i64>,
            )| { gsub(lua, &shared, &text, &pattern, &replacement, most) },
        )?,
    )?;
    Ok(())
}

fn lua_error(error: PatternError) -> Error {
    Error::RuntimeError(error.to_string())
}

/// Lua's `init` argument as an offset; `None` beyond the text's end.
fn offset(init: Option<i64>, len: usize) -> Option<usize> {
    let init = init.unwrap_or(1);
    let at = match init {
        0 => 0,
        1.. => usize::try_from(init - 1).unwrap_or(usize::MAX),
        _ => len.saturating_sub(usize::try_from(init.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    (at <= len).then_some(at)
}

fn push(lua: &Lua, text: &[u8], captures: &[Capture], into: &mut MultiValue) -> Result<()> {
    for capture in captures {
        into.push_back(to_value(lua, text, *capture)?);
    }
    Ok(())
}

pub(super) fn to_value(lua: &Lua, text: &[u8], capture: Capture) -> Result<Value> {
    Ok(match capture {
        Capture::Text(from, to) => Value::String(lua.create_string(&text[from..to])?),
        Capture::Position(at) => Value::Integer(i64::try_from(at).unwrap_or(i64::MAX)),
    })
}

/// The first match at or after `from`: its bounds and the matcher that holds its captures.
fn search<'a>(
    text: &'a [u8],
    pattern: &'a [u8],
    from: usize,
    limits: &'a Limits,
) -> std::result::Result<Option<(usize, usize, Matcher<'a>)>, PatternError> {
    let (anchored, pattern) = match pattern.split_first() {
        Some((b'^', rest)) => (true, rest),
        _ => (false, pattern),
    };
    let mut matcher = Matcher::new(text, pattern, limits);
    let last = if anchored { from } else { text.len() };
    for start in from..=last {
        if let Some(end) = matcher.match_at(start)? {
            return Ok(Some((start, end, matcher)));
        }
    }
    Ok(None)
}

fn find(
    lua: &Lua,
    limits: &Limits,
    text: &LuaString,
    pattern: &LuaString,
    init: Option<i64>,
    plain: bool,
) -> Result<MultiValue> {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let Some(from) = offset(init, text.len()) else {
        return Value::Nil.into_lua_multi(lua);
    };
    let bounds = |from: usize, to: usize| (from + 1, to);
    if plain || !pattern.iter().any(|c| SPECIALS.contains(c)) {
        return match memchr::memmem::find(&text[from..], &pattern) {
            Some(at) => bounds(from + at, from + at + pattern.len()).into_lua_multi(lua),
            None => Value::Nil.into_lua_multi(lua),
        };
    }
    match search(&text, &pattern, from, limits).map_err(lua_error)? {
        None => Value::Nil.into_lua_multi(lua),
        Some((start, end, matcher)) => {
            let mut found = bounds(start, end).into_lua_multi(lua)?;
            if matcher.has_captures() {
                let captures = matcher.captures(start, end).map_err(lua_error)?;
                push(lua, &text, &captures, &mut found)?;
            }
            Ok(found)
        }
    }
}

fn first_match(
    lua: &Lua,
    limits: &Limits,
    text: &LuaString,
    pattern: &LuaString,
    init: Option<i64>,
) -> Result<MultiValue> {
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let Some(from) = offset(init, text.len()) else {
        return Value::Nil.into_lua_multi(lua);
    };
    match search(&text, &pattern, from, limits).map_err(lua_error)? {
        None => Value::Nil.into_lua_multi(lua),
        Some((start, end, matcher)) => {
            let captures = matcher.captures(start, end).map_err(lua_error)?;
            let mut found = MultiValue::new();
            push(lua, &text, &captures, &mut found)?;
            Ok(found)
        }
    }
}

fn gmatch(
    lua: &Lua,
    limits: Arc<Limits>,
    text: LuaString,
    pattern: LuaString,
    init: Option<i64>,
) -> Result<mlua::Function> {
    let len = text.as_bytes().len();
    let mut at = offset(init, len).unwrap_or(len + 1);
    let mut last = None;
    lua.create_function_mut(move |lua, ()| {
        let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
        let mut matcher = Matcher::new(&text, &pattern, &limits);
        while at <= text.len() {
            let end = matcher.match_at(at).map_err(lua_error)?;
            if let Some(end) = end
                && last != Some(end)
            {
                let captures = matcher.captures(at, end).map_err(lua_error)?;
                at = end;
                last = Some(end);
                let mut found = MultiValue::new();
                push(lua, &text, &captures, &mut found)?;
                return Ok(found);
            }
            at += 1;
        }
        Value::Nil.into_lua_multi(lua)
    })
}

fn gsub(
    lua: &Lua,
    limits: &Limits,
    text: &LuaString,
    pattern: &LuaString,
    replacement: &Value,
    most: Option<i64>,
) -> Result<(LuaString, i64)> {
    let replacement = Replacement::of(lua, replacement)?;
    let (text, pattern) = (text.as_bytes(), pattern.as_bytes());
    let (anchored, pattern) = match pattern.split_first() {
        Some((b'^', rest)) => (true, rest),
        _ => (false, &*pattern),
    };
    let most = most.unwrap_or(i64::MAX);
    let mut matcher = Matcher::new(&text, pattern, limits);
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let (mut at, mut count, mut last) = (0, 0, None);
    while count < most {
        let end = matcher.match_at(at).map_err(lua_error)?;
        if let Some(end) = end
            && last != Some(end)
        {
            count += 1;
            let captures = matcher.captures(at, end).map_err(lua_error)?;
            replacement.write(lua, &text, (at, end), &captures, &mut out)?;
            if out.len() > MAX_MEMORY {
                return Err(Error::MemoryError("not enough memory".into()));
            }
            at = end;
            last = Some(end);
        } else if let Some(c) = text.get(at) {
            out.push(*c);
            at += 1;
        } else {
            break;
        }
        if anchored {
            break;
        }
    }
    out.extend_from_slice(&text[at.min(text.len())..]);
    Ok((lua.create_string(&out)?, count))
}
