//! The items of the conversation as the client was told of them, in its order, bounded.

use super::item::Item;
use super::limits::{LARGEST_STORE_BYTES, MOST_ITEMS};
use crate::model::{Call, Line, Place};

#[derive(Debug, Default)]
pub(super) struct Store {
    /// In the order of the conversation; every item here has a line.
    items: Vec<Item>,
    bytes: usize,
}

impl Store {
    pub(super) fn by_id(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    pub(super) fn by_line(&self, line: Line) -> Option<&Item> {
        self.items.iter().find(|item| item.line == Some(line))
    }

    /// The call of this name.
    pub(super) fn call(&self, id: &str) -> Option<&Call> {
        let calls = self.items.iter().filter_map(|item| item.body.call());
        calls.rev().find(|call| call.id == id)
    }

    /// Puts it in its place; the id of the item before it, none for the first.
    pub(super) fn insert(&mut self, place: Place, item: Item) -> Option<String> {
        let index = match place {
            Place::First => 0,
            // A predecessor that was forgotten stood at the front, or is unknown: the end is nearer.
            Place::After(line) => self.index(line).map_or(self.items.len(), |index| index + 1),
            Place::Last => self.items.len(),
        };
        self.bytes += item.size();
        self.items.insert(index, item);
        let before = self.before(index);
        self.forget();
        before
    }

    /// Changes an item where it stands.
    pub(super) fn change(&mut self, line: Line, change: impl FnOnce(&mut Item)) {
        if let Some(index) = self.index(line) {
            self.bytes -= self.items[index].size();
            change(&mut self.items[index]);
            self.bytes += self.items[index].size();
        }
    }

    /// The id of the item that stands before this one.
    pub(super) fn previous(&self, line: Line) -> Option<String> {
        self.index(line).and_then(|index| self.before(index))
    }

    pub(super) fn remove(&mut self, line: Line) -> Option<Item> {
        let item = self.items.remove(self.index(line)?);
        self.bytes -= item.size();
        Some(item)
    }

    fn index(&self, line: Line) -> Option<usize> {
        self.items.iter().position(|item| item.line == Some(line))
    }

    fn before(&self, index: usize) -> Option<String> {
        index
            .checked_sub(1)
            .map(|before| self.items[before].id.clone())
    }

    /// The oldest go first. The newest always stays, so that the next one has a predecessor.
    fn forget(&mut self) {
        while self.items.len() > MOST_ITEMS
            || self.bytes > LARGEST_STORE_BYTES && self.items.len() > 1
        {
            self.bytes -= self.items.remove(0).size();
        }
    }
}
