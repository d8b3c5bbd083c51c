//! Calls of the client's tools on the wire: made by the agent, and answered by the client.

use super::Realtime;
use super::fields::{invalid, quote};
use super::item::{Body, Item, Status};
use super::replies::LiveCall;
use crate::Bad;
use crate::model::{Call, Line, Place, Reply};
use serde_json::{Value, json};

impl Realtime {
    pub(super) fn tell_call_started(
        &mut self,
        reply: Reply,
        line: Option<Line>,
        call: &Call,
        messages: &mut Vec<String>,
    ) {
        let id = match line {
            Some(line) => self.new_item_id(line),
            None => format!("item_{}_r{reply}_{}", self.suffix, call.id),
        };
        let Some(live) = self.replies.get_mut(reply).filter(|live| !live.is_over) else {
            return;
        };
        let body = Body::Call {
            call: call.clone(),
            arguments: String::new(),
        };
        let item = Item {
            id,
            line,
            body,
            status: Status::InProgress,
        };
        let (index, response_id) = (live.next_index(), live.response_id.clone());
        live.calls.push(LiveCall {
            index,
            item: item.clone(),
        });
        let body = json!({"response_id": response_id, "output_index": index, "item": item.json()});
        self.send("response.output_item.added", body, messages);
        if line.is_some() {
            self.tell_added(Place::Last, item, messages);
        }
    }

    pub(super) fn tell_call_arguments(
        &mut self,
        reply: Reply,
        call: &str,
        text: &str,
        messages: &mut Vec<String>,
    ) {
        let Some((mut body, live)) = self.live_call(reply, call) else {
            return;
        };
        if let Body::Call { arguments, .. } = &mut live.item.body {
            arguments.push_str(text);
        }
        body["delta"] = json!(text);
        self.send("response.function_call_arguments.delta", body, messages);
    }

    pub(super) fn tell_called(
        &mut self,
        reply: Reply,
        call: &str,
        whole: &str,
        messages: &mut Vec<String>,
    ) {
        let Some((mut body, live)) = self.live_call(reply, call) else {
            return;
        };
        if let Body::Call { call, arguments } = &mut live.item.body {
            whole.clone_into(arguments);
            body["name"] = json!(call.tool);
        }
        live.item.status = Status::Completed;
        let (index, item) = (live.index, live.item.clone());
        body["arguments"] = json!(whole);
        self.send("response.function_call_arguments.done", body, messages);
        self.tell_call_done(reply, index, item, messages);
    }

    /// What was begun and will not be called.
    pub(super) fn close_calls(&mut self, reply: Reply, messages: &mut Vec<String>) {
        let Some(live) = self.replies.get_mut(reply).filter(|live| !live.is_over) else {
            return;
        };
        let begun = |call: &&mut LiveCall| call.item.status == Status::InProgress;
        let mut cut = Vec::new();
        for call in live.calls.iter_mut().filter(begun) {
            call.item.status = Status::Incomplete;
            cut.push((call.index, call.item.clone()));
        }
        for (index, item) in cut {
            self.tell_call_done(reply, index, item, messages);
        }
    }

    fn tell_call_done(
        &mut self,
        reply: Reply,
        index: usize,
        item: Item,
        messages: &mut Vec<String>,
    ) {
        let response_id = self.response_id(reply);
        let body = json!({"response_id": response_id, "output_index": index, "item": item.json()});
        self.send("response.output_item.done", body, messages);
        if let Some(line) = item.line {
            self.store.change(line, |kept| *kept = item);
            self.tell_item_done(line, messages);
        }
    }

    /// A call of a reply that is being given, with what every event of it says.
    fn live_call(&mut self, reply: Reply, id: &str) -> Option<(Value, &mut LiveCall)> {
        let live = self.replies.get_mut(reply).filter(|live| !live.is_over)?;
        let response_id = &live.response_id;
        let is = |live: &&mut LiveCall| live.item.body.call().is_some_and(|call| call.id == id);
        let call = live.calls.iter_mut().find(is)?;
        let body = json!({
            "response_id": response_id,
            "item_id": call.item.id,
            "output_index": call.index,
            "call_id": id,
        });
        Some((body, call))
    }

    /// Each call has a name of its own, and a result says what it is of.
    pub(super) fn name_call(&mut self, body: &mut Body) -> Result<(), Bad> {
        match body {
            Body::Message { .. } => {}
            Body::Call { call, .. } => {
                if call.id.is_empty() {
                    call.id = format!("call_{}_{}", self.suffix, self.events);
                }
            }
            Body::CallOutput { call, .. } => {
                let known = self
                    .store
                    .call(&call.id)
                    .or_else(|| self.requests.call(&call.id));
                let Some(known) = known else {
                    let message = format!(
                        "No call with the call_id '{}' is in this conversation.",
                        quote(&call.id)
                    );
                    return Err(invalid(message, "item.call_id"));
                };
                call.tool.clone_from(&known.tool);
            }
        }
        Ok(())
    }
}
