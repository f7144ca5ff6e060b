//! One connection of the browser's `EventSource`, closed when it is dropped.

use std::{
    cell::Cell,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, EventTarget, MessageEvent};

/// What a connection says.
pub(super) enum Sign {
    Open,
    /// It ended or could not be made. The browser's own way of trying again gives up on an answer that is no stream, and
    /// forgets positions of other topics: it is not used.
    Broken,
    Heartbeat,
    Message {
        position: Option<u64>,
        data: String,
    },
}

pub(super) struct Source {
    id: u64,
    events: EventSource,
    stood: Rc<Cell<bool>>,
    hooks: Vec<Hooked>,
}

impl Source {
    /// Opens a connection; `hear` gets the connection's id with each sign.
    pub(super) fn open(
        address: &str,
        hear: impl Fn((u64, Sign)) + Clone + 'static,
    ) -> Option<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let source = EventSource::new(address).ok()?;
        let stood = Rc::new(Cell::new(false));
        let on = |name: &'static str, act: Box<dyn Fn(Event)>| {
            Hooked::new(source.clone().into(), name, act)
        };
        let hooks = vec![
            on("open", {
                let (hear, stood) = (hear.clone(), stood.clone());
                Box::new(move |_| {
                    stood.set(true);
                    hear((id, Sign::Open));
                })
            }),
            on("error", {
                let (hear, source) = (hear.clone(), source.clone());
                Box::new(move |_| {
                    source.close();
                    hear((id, Sign::Broken));
                })
            }),
            on("heartbeat", {
                let hear = hear.clone();
                Box::new(move |_| hear((id, Sign::Heartbeat)))
            }),
            on("message", {
                Box::new(move |event| {
                    let Some(event) = event.dyn_ref::<MessageEvent>() else {
                        return;
                    };
                    let Some(data) = event.data().as_string() else {
                        return;
                    };
                    hear((
                        id,
                        Sign::Message {
                            position: event.last_event_id().parse().ok(),
                            data,
                        },
                    ));
                })
            }),
        ];
        Some(Self {
            id,
            events: source,
            stood,
            hooks,
        })
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether it was ever open.
    pub(super) fn stood(&self) -> bool {
        self.stood.get()
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.events.close();
        // A connection can be dropped by what one of its own hooks does: the hooks live until that is over.
        let hooks = std::mem::take(&mut self.hooks);
        for hook in &hooks {
            hook.remove();
        }
        leptos::prelude::set_timeout(move || drop(hooks), std::time::Duration::ZERO);
    }
}

/// A listener on something of the page, removed when it is dropped.
pub(super) struct Hooked {
    target: EventTarget,
    name: &'static str,
    act: Closure<dyn Fn(Event)>,
}

impl Hooked {
    pub(super) fn new(
        target: EventTarget,
        name: &'static str,
        act: impl Fn(Event) + 'static,
    ) -> Self {
        let act = Closure::<dyn Fn(Event)>::new(act);
        // Cannot fail: the name is text and the closure is a function.
        let _ = target.add_event_listener_with_callback(name, act.as_ref().unchecked_ref());
        Self { target, name, act }
    }

    fn remove(&self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, self.act.as_ref().unchecked_ref());
    }
}

impl Drop for Hooked {
    fn drop(&mut self) {
        self.remove();
    }
}
