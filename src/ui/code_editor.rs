//! An editor for JSON on the browser's own text area: line numbers, colours, marks on lines, keys for indenting.
//!
//! Only the lines in sight are painted, behind the text area, whose own letters are transparent.

mod edit;
mod paint;

use super::{
    dom::{unique_id, watch_size},
    icon::StatusGlyph,
    status::{Look, Tone},
};
use edit::{Edit, byte_at, indent, line_at, new_line, outdent, units_at};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement, KeyboardEvent};

/// Height of a line, in pixels; the style sheet has the same.
const LINE: f64 = 20.0;
/// Space above the first line, in pixels; the style sheet has the same.
const TOP: f64 = 8.0;

/// Something said about a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMark {
    /// Counted from 0.
    pub line: usize,
    pub look: Look,
    pub text: String,
}

/// Steers a [`CodeEditor`] from outside, and tells where its caret is.
#[derive(Debug, Clone, Copy)]
pub struct EditorHandle {
    wish: RwSignal<Option<(usize, usize, bool)>>,
    /// Where the caret is, as a byte of the text.
    pub caret: RwSignal<usize>,
}

impl EditorHandle {
    pub fn new() -> Self {
        Self {
            wish: RwSignal::new(None),
            caret: RwSignal::new(0),
        }
    }
    /// Selects these bytes of the text and scrolls them into sight; with `focus` the keyboard goes there too.
    pub fn go(self, start: usize, end: usize, focus: bool) {
        self.wish.set(Some((start, end, focus)));
    }
}

impl Default for EditorHandle {
    fn default() -> Self {
        Self::new()
    }
}

/// The editor. It fills the element around it. Tab indents; Escape and then Tab leaves, so that nobody is held inside.
#[component]
pub fn CodeEditor(
    /// What is edited: "Draft of RFQ draft".
    #[prop(into)]
    label: String,
    text: RwSignal<String>,
    #[prop(optional)] handle: Option<EditorHandle>,
    #[prop(optional, into)] marks: Signal<Vec<LineMark>>,
    /// Lines that stand out, from and to, counted from 0.
    #[prop(optional, into)]
    lit: Signal<Option<(usize, usize)>>,
    /// It can be read and not changed.
    #[prop(optional, into)]
    read_only: Signal<bool>,
) -> AnyView {
    let handle = handle.unwrap_or_default();
    let area = NodeRef::<html::Textarea>::new();
    let field = NodeRef::<html::Div>::new();
    let scroll = RwSignal::new((0.0_f64, 0.0_f64));
    let height = RwSignal::new(0.0_f64);
    let leaving = RwSignal::new(false);
    let hint_id = unique_id("editor-hint");
    watch_size(field, move |_, now| height.set(now));

    let lines = Memo::new(move |_| text.with(|text| text.split('\n').count()));
    let seen = Memo::new(move |_| {
        let first = (scroll.get().1 / LINE) as usize;
        let last = first + (height.get() / LINE) as usize + 3;
        (first, last.min(lines.get()))
    });

    let write = move |area: &HtmlTextAreaElement, edit: &Edit| {
        let now = area.value();
        let _ = area.set_selection_range(
            units_at(&now, edit.from) as u32,
            units_at(&now, edit.to) as u32,
        );
        // The browser's own command keeps the way back (Ctrl+Z).
        let page: HtmlDocument = document().unchecked_into();
        let command = if edit.text.is_empty() {
            "delete"
        } else {
            "insertText"
        };
        let done = page.exec_command_with_show_ui_and_value(command, false, &edit.text);
        if done != Ok(true) {
            let new = format!("{}{}{}", &now[..edit.from], edit.text, &now[edit.to..]);
            area.set_value(&new);
            text.set(new);
        }
        let now = area.value();
        let _ = area.set_selection_range(
            units_at(&now, edit.select.0) as u32,
            units_at(&now, edit.select.1) as u32,
        );
    };
    let tell_caret = move || {
        if let Some(area) = area.get_untracked() {
            let units = area.selection_start().ok().flatten().unwrap_or(0);
            let at = text.with_untracked(|text| byte_at(text, units as usize));
            if handle.caret.get_untracked() != at {
                handle.caret.set(at);
            }
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let Some(area) = area.get_untracked() else {
            return;
        };
        let key = event.key();
        if key == "Escape" {
            leaving.set(true);
            return;
        }
        let held = event.ctrl_key() || event.alt_key() || event.meta_key();
        if key != "Tab" && key != "Shift" {
            leaving.set(false);
        }
        if held || read_only.get_untracked() || event.is_composing() || leaving.get_untracked() {
            return;
        }
        let now = area.value();
        let place = |units: Result<Option<u32>, _>| {
            byte_at(&now, units.ok().flatten().unwrap_or(0) as usize)
        };
        let (start, end) = (place(area.selection_start()), place(area.selection_end()));
        let edit = match (key.as_str(), event.shift_key()) {
            ("Tab", false) => indent(&now, start, end),
            ("Tab", true) => outdent(&now, start, end),
            ("Enter", false) => new_line(&now, start, end),
            _ => return,
        };
        event.prevent_default();
        write(&area, &edit);
        tell_caret();
    };

    Effect::new(move || {
        let Some((start, end, focus)) = handle.wish.get() else {
            return;
        };
        let Some(area) = area.get() else { return };
        let (from, to, line) = text.with_untracked(|text| {
            (
                units_at(text, start) as u32,
                units_at(text, end) as u32,
                line_at(text, start),
            )
        });
        if focus {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = area.focus_with_options(&options);
            let _ = area.set_selection_range(from, to);
        }
        let view = height.get_untracked();
        let at = TOP + line as f64 * LINE;
        let top = scroll.get_untracked().1;
        if at < top + LINE || at > top + view - 3.0 * LINE {
            area.set_scroll_top((at - view / 4.0).max(0.0) as i32);
        }
        if focus {
            area.set_scroll_left(0);
        }
        tell_caret();
        handle.wish.set(None);
    });
    // `selectionchange` of a text area is heard on the document in every browser.
    let caret = window_event_listener_untyped("selectionchange", move |_| {
        let here = area.get_untracked().is_some_and(|area| {
            document()
                .active_element()
                .is_some_and(|now| now.is_same_node(Some(&area)))
        });
        if here {
            tell_caret();
        }
    });
    on_cleanup(move || caret.remove());

    let gutter = move || {
        let (first, last) = seen.get();
        marks.with(|marks| {
            (first..last)
                .map(|line| number(line, worst(marks, line)))
                .collect_view()
                .into_any()
        })
    };
    let painted = move || {
        let (first, last) = seen.get();
        let lit = lit.get();
        marks.with(|marks| {
            text.with(|text| {
                text.split('\n')
                    .enumerate()
                    .skip(first)
                    .take(last.saturating_sub(first))
                    .map(|(line, words)| one_line(line, words, marks, lit))
                    .collect_view()
                    .into_any()
            })
        })
    };
    let down = move || TOP + seen.get().0 as f64 * LINE - scroll.get().1;
    let shift = move || format!("translate({}px, {}px)", -scroll.get().0, down());
    let shift_numbers = move || format!("translateY({}px)", down());
    let digits = move || format!("{}ch", lines.get().to_string().len() + 4);
    view! {
        <div class="code-editor">
            <div class="code-editor__gutter" aria-hidden="true" style:width=digits>
                <div class="code-editor__numbers" style:transform=shift_numbers>{gutter}</div>
            </div>
            <div class="code-editor__field" node_ref=field>
                <div class="code-editor__paint" aria-hidden="true" style:transform=shift>{painted}</div>
                <textarea
                    node_ref=area
                    class="code-editor__text"
                    aria-label=label
                    aria-describedby=hint_id.clone()
                    aria-readonly=move || read_only.get().then_some("true")
                    prop:readOnly=move || read_only.get()
                    wrap="off"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        tell_caret();
                    }
                    on:scroll=move |_| {
                        if let Some(area) = area.get_untracked() {
                            scroll.set((f64::from(area.scroll_left()), f64::from(area.scroll_top())));
                        }
                    }
                    on:blur=move |_| leaving.set(false)
                    on:keydown=on_keydown
                ></textarea>
            </div>
            <p class="visually-hidden" id=hint_id>"Tab indents. Escape, then Tab, leaves the editor."</p>
            <p class="visually-hidden" role="status">
                {move || if leaving.get() { "Press Tab to leave the editor." } else { "" }}
            </p>
        </div>
    }
    .into_any()
}

/// The mark that counts of those on a line: a failure before a warning.
fn worst(marks: &[LineMark], line: usize) -> Option<LineMark> {
    let on_it = || marks.iter().filter(|mark| mark.line == line);
    let first = on_it()
        .find(|mark| mark.look.tone == Tone::Fail)
        .or_else(|| on_it().next())?;
    let text: Vec<&str> = on_it().map(|mark| mark.text.as_str()).collect();
    Some(LineMark {
        text: text.join("\n"),
        ..first.clone()
    })
}

fn number(line: usize, mark: Option<LineMark>) -> AnyView {
    let class = match &mark {
        Some(mark) => format!(
            "code-editor__number code-editor__number--marked {}",
            mark.look.tone.class()
        ),
        None => "code-editor__number".to_owned(),
    };
    let tip = mark.as_ref().map(|mark| mark.text.clone());
    view! {
        <span class=class data-tip=tip>
            {mark.map(|mark| view! { <StatusGlyph glyph=mark.look.glyph /> })}
            {line + 1}
        </span>
    }
    .into_any()
}

fn one_line(line: usize, words: &str, marks: &[LineMark], lit: Option<(usize, usize)>) -> AnyView {
    let mut class = "code-editor__line".to_owned();
    if lit.is_some_and(|(from, to)| (from..=to).contains(&line)) {
        class.push_str(" code-editor__line--lit");
    }
    if let Some(mark) = worst(marks, line) {
        class.push_str(" code-editor__line--marked ");
        class.push_str(mark.look.tone.class());
    }
    let pieces = paint::pieces(words)
        .into_iter()
        .map(|(kind, piece)| view! { <span class=kind.class()>{piece.to_owned()}</span> })
        .collect_view();
    view! { <div class=class>{pieces}</div> }.into_any()
}
