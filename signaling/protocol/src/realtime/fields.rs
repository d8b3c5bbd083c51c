//! A JSON object, read field by field, with the path of whatever is wrong in it.

use crate::Bad;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// Ids that clients choose, event ids among them.
pub(super) const LONGEST_ID: usize = 512;
/// What a client wrote is quoted back no longer than this.
const LONGEST_QUOTE: usize = 64;

pub(super) struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    /// `path` names the object in errors; empty for the event itself.
    pub(super) fn of(value: &'a Value, path: impl Into<String>) -> Result<Self, Bad> {
        let path = path.into();
        match value {
            Value::Object(map) => Ok(Self { map, path }),
            other => Err(wrong_kind("an object", other, path)),
        }
    }

    /// The path of a field of this object.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() {
            return name.to_owned();
        }
        format!("{}.{name}", self.path)
    }

    /// Refuses every field that is not among `names`.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Bad> {
        match self.map.keys().find(|key| !names.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => Err(unknown(&self.at(&quote(key)))),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.map.keys().map(String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// As it stands, null too.
    pub(super) fn raw(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name)
    }

    /// Null counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a Value, Bad> {
        self.get(name).ok_or_else(|| Bad {
            code: "missing_required_parameter",
            message: format!("Missing required parameter: '{}'.", self.at(name)),
            param: Some(self.at(name)),
        })
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<Fields<'a>>, Bad> {
        self.get(name)
            .map(|value| Fields::of(value, self.at(name)))
            .transpose()
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Bad> {
        self.get(name)
            .map(|value| text(value, self.at(name)))
            .transpose()
    }

    pub(super) fn required_text(&self, name: &str) -> Result<&'a str, Bad> {
        text(self.required(name)?, self.at(name))
    }

    /// A string of 1 to 512 bytes.
    pub(super) fn id(&self, name: &str) -> Result<Option<&'a str>, Bad> {
        self.text(name)?
            .map(|id| id_of(id, self.at(name)))
            .transpose()
    }

    pub(super) fn required_id(&self, name: &str) -> Result<&'a str, Bad> {
        id_of(self.required_text(name)?, self.at(name))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Bad> {
        let read = |value: &Value| {
            value
                .as_bool()
                .ok_or_else(|| wrong_kind("a boolean", value, self.at(name)))
        };
        self.get(name).map(read).transpose()
    }

    pub(super) fn number(
        &self,
        name: &str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<f64>, Bad> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = value
            .as_f64()
            .ok_or_else(|| wrong_kind("a number", value, self.at(name)))?;
        if range.contains(&number) {
            return Ok(Some(number));
        }
        Err(out_of_range(
            number,
            range.start(),
            range.end(),
            self.at(name),
        ))
    }

    pub(super) fn integer(
        &self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Bad> {
        self.get(name)
            .map(|value| integer(value, range, self.at(name)))
            .transpose()
    }

    pub(super) fn list(&self, name: &str, most: usize) -> Result<Option<&'a [Value]>, Bad> {
        self.get(name)
            .map(|value| list(value, most, self.at(name)))
            .transpose()
    }

    pub(super) fn one_of<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Bad> {
        self.get(name)
            .map(|value| one_of(value, choices, self.at(name)))
            .transpose()
    }

    pub(super) fn required_one_of<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<T, Bad> {
        one_of(self.required(name)?, choices, self.at(name))
    }
}

pub(super) fn text(value: &Value, path: String) -> Result<&str, Bad> {
    value
        .as_str()
        .ok_or_else(|| wrong_kind("a string", value, path))
}

pub(super) fn list(value: &Value, most: usize, path: String) -> Result<&[Value], Bad> {
    let list = value
        .as_array()
        .ok_or_else(|| wrong_kind("an array", value, path.clone()))?;
    if list.len() <= most {
        return Ok(list);
    }
    let message = format!(
        "'{path}' has {} entries, at most {most} are taken.",
        list.len()
    );
    Err(Bad {
        code: "invalid_value",
        message,
        param: Some(path),
    })
}

pub(super) fn integer(value: &Value, range: RangeInclusive<u64>, path: String) -> Result<u64, Bad> {
    // A negative whole number is of the right kind and out of range; 1.0 is taken for 1.
    let number = value.as_f64().filter(|number| number.fract() == 0.0);
    let number = number.ok_or_else(|| wrong_kind("a whole number", value, path.clone()))?;
    if number >= *range.start() as f64 && number <= *range.end() as f64 {
        return Ok(number as u64);
    }
    Err(out_of_range(number, range.start(), range.end(), path))
}

pub(super) fn one_of<T: Clone>(
    value: &Value,
    choices: &[(&str, T)],
    path: String,
) -> Result<T, Bad> {
    let given = text(value, path.clone())?;
    if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == given) {
        return Ok(choice.clone());
    }
    let names: Vec<String> = choices
        .iter()
        .map(|(name, _)| format!("'{name}'"))
        .collect();
    let message = format!(
        "Invalid value: '{}'. Supported values are: {}.",
        quote(given),
        names.join(", ")
    );
    Err(Bad {
        code: "invalid_value",
        message,
        param: Some(path),
    })
}

fn id_of(id: &str, path: String) -> Result<&str, Bad> {
    if (1..=LONGEST_ID).contains(&id.len()) {
        return Ok(id);
    }
    let message = format!(
        "'{path}' is {} bytes long; an id has 1 to {LONGEST_ID}.",
        id.len()
    );
    Err(Bad {
        code: "invalid_value",
        message,
        param: Some(path),
    })
}

pub(super) fn invalid(message: impl Into<String>, param: impl Into<String>) -> Bad {
    Bad {
        code: "invalid_value",
        message: message.into(),
        param: Some(param.into()),
    }
}

pub(super) fn unknown(path: &str) -> Bad {
    let message = format!("Unknown parameter: '{path}'.");
    Bad {
        code: "unknown_parameter",
        message,
        param: Some(path.to_owned()),
    }
}

pub(super) fn wrong_kind(wanted: &str, got: &Value, path: String) -> Bad {
    let got = match got {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    if path.is_empty() {
        let message = format!("An event is a JSON object, this is {got}.");
        return Bad {
            code: "invalid_event",
            message,
            param: None,
        };
    }
    let message = format!("Invalid type for '{path}': expected {wanted}, but got {got}.");
    Bad {
        code: "invalid_type",
        message,
        param: Some(path),
    }
}

fn out_of_range<T: std::fmt::Display>(number: f64, least: &T, most: &T, path: String) -> Bad {
    let message = format!("Invalid value for '{path}': {number} is not within {least} and {most}.");
    Bad {
        code: "invalid_value",
        message,
        param: Some(path),
    }
}

/// What the client wrote, short enough to be quoted in an error.
pub(super) fn quote(text: &str) -> String {
    text.chars().take(LONGEST_QUOTE).collect()
}
