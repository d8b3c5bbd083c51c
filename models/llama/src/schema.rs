//! A JSON schema as rules of a grammar (GBNF): what is written by them is valid JSON of that shape.

use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::Write;

/// Deeper, anything is allowed.
const DEEPEST: usize = 24;
/// A schema that becomes more than this is not worth the time: any object is allowed then.
const MOST_BYTES: usize = 64 * 1024;
/// Repetitions above this are not counted: a grammar spells each one out.
const MOST_TIMES: u64 = 64;

const JSON: &str = r#"value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ws (string ":" ws value ("," ws string ":" ws value)*)? ws "}"
array ::= "[" ws (value ("," ws value)*)? ws "]"
string ::= "\"" letter* "\""
letter ::= [^"\\\x00-\x1f] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F])
integer ::= "0" | "-"? [1-9] [0-9]{0,15}
number ::= "-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?
ws ::= " "?
"#;

/// Rules under construction. Each name is written once.
pub(crate) struct Rules {
    text: String,
    named: usize,
}

/// What a rule may be made of, within one schema.
struct Within<'a> {
    schema: &'a Value,
    /// Rules of what is referred to by name, so that a schema may hold itself.
    referred: HashMap<String, String>,
}

impl Rules {
    pub(crate) fn new() -> Self {
        Self {
            text: JSON.to_owned(),
            named: 0,
        }
    }

    pub(crate) fn text(self) -> String {
        self.text
    }

    pub(crate) fn rule(&mut self, name: &str, body: &str) {
        writeln!(self.text, "{name} ::= {body}").expect("a string takes all");
    }

    /// The name of the rule of an object that holds to this schema.
    pub(crate) fn object(&mut self, schema: &Value) -> String {
        let before = (self.text.len(), self.named);
        let mut within = Within {
            schema,
            referred: HashMap::new(),
        };
        let name = match schema.get("properties") {
            Some(Value::Object(_)) => self.shape(schema, &mut within, 0),
            _ => "object".to_owned(),
        };
        if self.text.len() - before.0 > MOST_BYTES {
            self.text.truncate(before.0);
            self.named = before.1;
            return "object".to_owned();
        }
        name
    }

    fn add(&mut self, body: &str) -> String {
        self.named += 1;
        let name = format!("r{}", self.named);
        self.rule(&name, body);
        name
    }

    fn shape(&mut self, schema: &Value, within: &mut Within<'_>, depth: usize) -> String {
        let Value::Object(fields) = schema else {
            return "value".to_owned();
        };
        if depth > DEEPEST || self.text.len() > 2 * MOST_BYTES {
            return "value".to_owned();
        }
        if let Some(Value::String(path)) = fields.get("$ref") {
            return self.referred(path, within, depth);
        }
        if let Some(only) = fields.get("const") {
            return self.add(&literal(&only.to_string()));
        }
        if let Some(Value::Array(choices)) = fields.get("enum") {
            let choices: Vec<String> = choices
                .iter()
                .map(|one| literal(&one.to_string()))
                .collect();
            return self.any(&choices);
        }
        let choices = ["anyOf", "oneOf"]
            .into_iter()
            .find_map(|name| fields.get(name));
        if let Some(Value::Array(choices)) = choices {
            return self.one_of(choices, within, depth);
        }
        match fields.get("type") {
            Some(Value::Array(kinds)) => {
                let of = |kind: &Value| {
                    let mut one = fields.clone();
                    one.insert("type".to_owned(), kind.clone());
                    Value::Object(one)
                };
                let kinds: Vec<Value> = kinds.iter().map(of).collect();
                self.one_of(&kinds, within, depth)
            }
            Some(Value::String(kind)) => self.kind(kind, fields, within, depth),
            _ if fields.contains_key("properties") => self.kind("object", fields, within, depth),
            _ => "value".to_owned(),
        }
    }

    fn kind(
        &mut self,
        kind: &str,
        fields: &Map<String, Value>,
        within: &mut Within<'_>,
        depth: usize,
    ) -> String {
        match kind {
            "object" => match fields.get("properties") {
                Some(Value::Object(properties)) if !properties.is_empty() => {
                    self.properties(properties, fields.get("required"), within, depth)
                }
                _ => "object".to_owned(),
            },
            "array" => self.items(fields, within, depth),
            "string" => match times(fields, "minLength", "maxLength").as_str() {
                "*" => "string".to_owned(),
                times => self.add(&format!("\"\\\"\" letter{times} \"\\\"\"")),
            },
            "integer" => "integer".to_owned(),
            "number" => "number".to_owned(),
            "boolean" => self.any(&["\"true\"".to_owned(), "\"false\"".to_owned()]),
            "null" => self.add("\"null\""),
            _ => "value".to_owned(),
        }
    }

    fn any(&mut self, choices: &[String]) -> String {
        match choices {
            [] => "value".to_owned(),
            choices => self.add(&choices.join(" | ")),
        }
    }

    fn one_of(&mut self, choices: &[Value], within: &mut Within<'_>, depth: usize) -> String {
        let choices: Vec<String> = choices
            .iter()
            .map(|choice| self.shape(choice, within, depth + 1))
            .collect();
        self.any(&choices)
    }

    fn referred(&mut self, path: &str, within: &mut Within<'_>, depth: usize) -> String {
        if let Some(name) = within.referred.get(path) {
            return name.clone();
        }
        let target = path
            .strip_prefix('#')
            .and_then(|pointer| within.schema.pointer(pointer));
        let Some(target) = target else {
            return "value".to_owned();
        };
        // Named before it is made: it may refer to itself.
        self.named += 1;
        let name = format!("r{}", self.named);
        within.referred.insert(path.to_owned(), name.clone());
        let body = self.shape(target, within, depth + 1);
        // A name for itself alone says nothing.
        self.rule(&name, if body == name { "value" } else { &body });
        name
    }

    /// Those that are required first, then any of the others, in their order.
    fn properties(
        &mut self,
        properties: &Map<String, Value>,
        required: Option<&Value>,
        within: &mut Within<'_>,
        depth: usize,
    ) -> String {
        let required = required.and_then(Value::as_array);
        let needed = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
        let mut pair = |(name, schema): (&String, &Value)| {
            let shape = self.shape(schema, within, depth + 1);
            let key = literal(&Value::from(name.as_str()).to_string());
            self.add(&format!("{key} \":\" ws {shape}"))
        };
        let (mut must, mut may) = (Vec::new(), Vec::new());
        for (name, schema) in properties {
            let list = if needed(name) { &mut must } else { &mut may };
            list.push(pair((name, schema)));
        }
        let behind = |names: &[String]| -> String {
            names
                .iter()
                .map(|name| format!(" (\",\" ws {name})?"))
                .collect()
        };
        let inside = if must.is_empty() {
            let from = |at: usize| format!("{}{}", may[at], behind(&may[at + 1..]));
            let starts: Vec<String> = (0..may.len()).map(from).collect();
            format!("({})?", starts.join(" | "))
        } else {
            format!("{}{}", must.join(" \",\" ws "), behind(&may))
        };
        self.add(&format!("\"{{\" ws {inside} ws \"}}\""))
    }

    fn items(
        &mut self,
        fields: &Map<String, Value>,
        within: &mut Within<'_>,
        depth: usize,
    ) -> String {
        let item = match fields.get("items") {
            Some(items) => self.shape(items, within, depth + 1),
            None => "value".to_owned(),
        };
        let bound = |name: &str| fields.get(name).and_then(Value::as_u64);
        let least = bound("minItems").unwrap_or(0).min(MOST_TIMES);
        let most = bound("maxItems").filter(|most| *most <= MOST_TIMES);
        let more = match most {
            Some(most) => format!("{{{},{}}}", least.saturating_sub(1), most.max(1) - 1),
            None => format!("{{{},}}", least.saturating_sub(1)),
        };
        let all = format!("{item} (\",\" ws {item}){more}");
        let all = match (least, most) {
            (_, Some(0)) => String::new(),
            (0, _) => format!("({all})?"),
            _ => all,
        };
        self.add(&format!("\"[\" ws {all} ws \"]\""))
    }
}

/// How often: as bounded as the schema says, where that is worth spelling out.
fn times(fields: &Map<String, Value>, least: &str, most: &str) -> String {
    let bound = |name: &str| fields.get(name).and_then(Value::as_u64);
    let least = bound(least).unwrap_or(0).min(MOST_TIMES);
    match bound(most).filter(|most| *most <= MOST_TIMES) {
        Some(most) => format!("{{{least},{}}}", most.max(least)),
        None if least == 0 => "*".to_owned(),
        None => format!("{{{least},}}"),
    }
}

/// Text as a grammar writes it.
pub(crate) fn literal(text: &str) -> String {
    let mut written = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c => written.push(c),
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rules(schema: &Value) -> (String, String) {
        let mut rules = Rules::new();
        let name = rules.object(schema);
        (name, rules.text()[JSON.len()..].to_owned())
    }

    #[test]
    fn required_properties_come_first_and_others_may_follow() {
        let (name, text) = rules(&json!({"type": "object", "required": ["b"], "properties": {
            "a": {"type": "integer"}, "b": {"enum": ["x", 1, null]},
            "c": {"type": ["string", "null"], "maxLength": 3},
        }}));
        let expected = [
            r#"r1 ::= "\"a\"" ":" ws integer"#,
            r#"r2 ::= "\"x\"" | "1" | "null""#,
            r#"r3 ::= "\"b\"" ":" ws r2"#,
            r#"r4 ::= "\"" letter{0,3} "\"""#,
            r#"r5 ::= "null""#,
            "r6 ::= r4 | r5",
            r#"r7 ::= "\"c\"" ":" ws r6"#,
            r#"r8 ::= "{" ws r3 ("," ws r1)? ("," ws r7)? ws "}""#,
        ];
        assert_eq!(
            (name.as_str(), text.trim_end()),
            ("r8", expected.join("\n").as_str())
        );
    }

    #[test]
    fn without_required_ones_any_may_begin() {
        let (_, text) = rules(&json!({"properties": {
            "a": {"type": "array", "items": {"type": "boolean"}, "minItems": 1, "maxItems": 3}, "b": true,
        }}));
        assert!(
            text.contains(r#""{" ws (r3 ("," ws r4)? | r4)? ws "}""#),
            "{text}"
        );
        assert!(
            text.contains(r#""[" ws r1 ("," ws r1){0,2} ws "]""#),
            "{text}"
        );
    }

    #[test]
    fn a_schema_may_hold_itself() {
        let (_, text) = rules(&json!({"properties": {"tree": {"$ref": "#/$defs/node"}},
            "$defs": {"node": {"properties": {"left": {"$ref": "#/$defs/node"}, "to": {"$ref": "#/$defs/none"}}},
                "endless": {"$ref": "#/$defs/endless"}}}));
        let node = text.lines().last().expect("there are rules");
        assert!(text.contains(r#""\"left\"" ":" ws r1"#), "{text}");
        assert!(
            node.contains("\\\"tree\\\"") || node.contains("ws"),
            "{node}"
        );
    }

    #[test]
    fn what_is_no_shape_or_too_much_is_any_object() {
        for schema in [
            json!(null),
            json!({}),
            json!({"type": "object"}),
            json!({"properties": 3}),
        ] {
            assert_eq!(rules(&schema), ("object".to_owned(), String::new()));
        }
        let many: Map<String, Value> = (0..3_000)
            .map(|n| {
                (
                    format!("property {n}"),
                    json!({"enum": ["one", "two", "three"]}),
                )
            })
            .collect();
        assert_eq!(rules(&json!({"properties": many})).0, "object");
    }
}
