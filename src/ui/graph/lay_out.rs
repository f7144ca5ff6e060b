//! Where the layout is made: small graphs at once, large ones in a worker, with a deadline.

use super::{plan::Plan, shape::Shape};
use js_sys::{Float32Array, Function, Object, Promise, Reflect, Uint32Array};
use layout::{Layout, Metrics, wire};
use leptos::{prelude::*, reactive::effect::RenderEffect, task::spawn_local};
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker};

/// Nodes and edges laid out at once, so that nothing flickers.
const SMALL: usize = 1_500;
/// How long the worker has, in milliseconds.
const DEADLINE: i32 = 3_000;
/// Nodes and edges that this page lays out itself where it has no worker.
const WITHOUT_WORKER: usize = 50_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Laying,
    Here,
    /// No layout in time.
    TooLarge,
}

/// The plan of a shape as far as it is known, and how far that is.
pub(super) fn planned(shape: Memo<Arc<Shape>>) -> (Memo<Arc<Plan>>, Memo<Standing>) {
    let answer = RwSignal::new(None::<(Arc<Shape>, Option<Arc<Plan>>)>);
    // Asked at once and not after the page around is made: the worker is at it meanwhile.
    let asked = RenderEffect::new(move |_| {
        let shape = shape.get();
        if is_small(&shape) {
            return;
        }
        let task = Task::begin(&shape);
        spawn_local(async move {
            let layout = lay_out(task, &shape).await;
            let plan = layout.map(|layout| Arc::new(Plan::new(Arc::clone(&shape), layout)));
            answer.try_set(Some((shape, plan)));
        });
    });
    // As long as what is around.
    StoredValue::new_local(asked);
    let known = Memo::new(move |_| {
        let shape = shape.get();
        if is_small(&shape) {
            let layout = at_once(&shape);
            return (Standing::Here, Arc::new(Plan::new(shape, layout)));
        }
        let found = answer.with(|answer| match answer {
            Some((of, plan)) if Arc::ptr_eq(of, &shape) => Some(plan.clone()),
            Some(_) | None => None,
        });
        match found {
            Some(Some(plan)) => (Standing::Here, plan),
            Some(None) => (Standing::TooLarge, unplaced(shape)),
            None => (Standing::Laying, unplaced(shape)),
        }
    });
    let plan = Memo::new(move |_| known.with(|(_, plan)| Arc::clone(plan)));
    let standing = Memo::new(move |_| known.with(|(standing, _)| *standing));
    (plan, standing)
}

/// A plan that says what there is, not where.
fn unplaced(shape: Arc<Shape>) -> Arc<Plan> {
    Arc::new(Plan::new(shape, Layout::default()))
}

fn is_small(shape: &Shape) -> bool {
    shape.nodes.len() + shape.edges.len() <= SMALL
}

fn at_once(shape: &Shape) -> Layout {
    layout::layout(shape.nodes.len(), &shape.pairs(), &Metrics::default())
}

async fn lay_out(task: Result<Task, NoWorker>, shape: &Shape) -> Option<Layout> {
    let made = match task {
        Ok(task) => task.end(shape).await,
        Err(no_worker) => Err(no_worker),
    };
    made.unwrap_or_else(|NoWorker| {
        // Its file did not come, or the console was built without it.
        let few = shape.nodes.len() + shape.edges.len() <= WITHOUT_WORKER;
        few.then(|| at_once(shape))
    })
}

struct NoWorker;

impl From<JsValue> for NoWorker {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// A layout that a worker is making.
struct Task {
    worker: Worker,
    answered: JsValue,
}

impl Task {
    fn begin(shape: &Shape) -> Result<Self, NoWorker> {
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &"module".into())?;
        let worker = Worker::new_with_options(&script().ok_or(NoWorker)?, options.unchecked_ref())?;
        let mut task = vec![shape.nodes.len() as u32];
        task.extend(wire::flat(&shape.pairs()));
        worker.post_message(&Uint32Array::from(&*task))?;
        let [answered, resolve, reject] = promise()?;
        for (name, then) in [("onmessage", &resolve), ("onerror", &reject)] {
            Reflect::set(&worker, &name.into(), then)?;
        }
        // Resolved with nothing: late.
        let late = resolve.unchecked_ref();
        window().set_timeout_with_callback_and_timeout_and_arguments_0(late, DEADLINE)?;
        Ok(Self { worker, answered })
    }

    /// The worker's layout; `None` when it was late.
    async fn end(self, shape: &Shape) -> Result<Option<Layout>, NoWorker> {
        let answer = JsFuture::from(Promise::from(self.answered)).await;
        self.worker.terminate();
        let Ok(message) = answer?.dyn_into::<MessageEvent>() else {
            return Ok(None);
        };
        // Of nothing, no numbers.
        let numbers = Float32Array::new(&message.data()).to_vec();
        let layout = wire::unpack(&numbers, shape.nodes.len(), shape.edges.len());
        layout.map(Some).ok_or(NoWorker)
    }
}

/// A promise, and what resolves and what rejects it. Its constructor would take a closure, which costs the page more glue.
fn promise() -> Result<[JsValue; 3], JsValue> {
    let class = Reflect::get(&js_sys::global(), &"Promise".into())?;
    let make: Function = Reflect::get(&class, &"withResolvers".into())?.dyn_into()?;
    let made = make.call2(&class, &JsValue::UNDEFINED, &JsValue::UNDEFINED)?;
    let part = |name: &str| Reflect::get(&made, &name.into());
    Ok([part("promise")?, part("resolve")?, part("reject")?])
}

/// The worker's script lies beside the console's own; a console that Trunk built has none.
fn script() -> Option<String> {
    let own = document().query_selector("script[data-js]").ok()??;
    let glue = own.get_attribute("data-js")?;
    Some(format!("{}/layout.js", glue.strip_suffix("/console.js")?))
}
