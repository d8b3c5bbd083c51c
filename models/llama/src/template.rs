//! The model's own chat template, rendered in full, and its text as tokens.

use crate::prompt::Messages;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, context, value::Value};
use models_engine::Failure;
use std::collections::BTreeMap;

/// For models that bring none.
const CHATML: &str = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}\
    {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const NAME: &str = "chat";

pub(crate) struct Template {
    environment: Environment<'static>,
    bos: String,
    eos: String,
    add_bos: bool,
    /// What would end a message, or begin one, if somebody said it.
    marks: Vec<String>,
    /// How many tokens it writes to begin a reply.
    pub(crate) head: usize,
}

impl Template {
    pub(crate) fn of(model: &LlamaModel) -> Result<Self, Failure> {
        let own = model
            .chat_template(None)
            .ok()
            .and_then(|template| template.to_string().ok());
        let vocabulary = model.vocab();
        let text = |token: LlamaToken| match token.0 {
            // A model without such a token.
            ..0 => String::new(),
            _ => {
                String::from_utf8_lossy(&vocabulary.token_to_piece(token, true, None)).into_owned()
            }
        };
        let control = vocabulary
            .tokens()
            .filter(|token| vocabulary.is_control(*token));
        let mut marks: Vec<String> = control.map(text).filter(|mark| mark.len() > 2).collect();
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.len()));
        let template = own.unwrap_or_else(|| CHATML.to_owned());
        let environment = environment(template).map_err(|error| {
            Failure::new(format!(
                "the model's chat template is not understood: {error}"
            ))
        })?;
        let mut template = Self {
            environment,
            bos: text(vocabulary.bos()),
            eos: text(vocabulary.eos()),
            add_bos: vocabulary.should_add_bos(),
            marks,
            head: 0,
        };
        template.head = template.measured_head(model);
        Ok(template)
    }

    fn measured_head(&self, model: &LlamaModel) -> usize {
        let said = [entry("user", "x".to_owned())];
        let length = |begin| {
            let text = self.rendered(&said, begin).unwrap_or_default();
            self.tokens(model, &text).len()
        };
        length(true).saturating_sub(length(false))
    }

    /// Words with every control token's text taken out: nobody can end their message by saying so.
    pub(crate) fn without_marks(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        while let Some(mark) = self.marks.iter().find(|mark| clean.contains(mark.as_str())) {
            clean = clean.replace(mark.as_str(), "");
        }
        clean.trim().to_owned()
    }

    /// Some templates know no system message, or want the caller to begin: then it is said within the caller's.
    pub(crate) fn render(&self, messages: &Messages) -> Result<String, Failure> {
        let spoken = messages
            .messages
            .iter()
            .map(|message| entry(message.role, message.content()));
        let plain: Vec<_> = std::iter::once(entry("system", messages.system.clone()))
            .chain(spoken)
            .collect();
        self.rendered(&plain, true).or_else(|_| {
            let mut folded: Vec<_> = plain[1..].to_vec();
            if folded.first().is_none_or(|first| first["role"] != "user") {
                folded.insert(0, entry("user", String::new()));
            }
            let words = format!("{}\n\n{}", messages.system, folded[0]["content"]);
            folded[0] = entry("user", words.trim().to_owned());
            self.rendered(&folded, true).map_err(|error| {
                Failure::new(format!(
                    "the model's chat template refuses the conversation: {error}"
                ))
            })
        })
    }

    fn rendered(
        &self,
        messages: &[BTreeMap<&'static str, String>],
        begin: bool,
    ) -> Result<String, Error> {
        self.environment.get_template(NAME)?.render(context! {
            messages => messages.iter().cloned().map(Value::from).collect::<Vec<Value>>(),
            add_generation_prompt => begin,
            // A caller waits: models that can think first or not are asked not to.
            enable_thinking => false,
            bos_token => self.bos.as_str(),
            eos_token => self.eos.as_str(),
        })
    }

    pub(crate) fn tokens(&self, model: &LlamaModel, text: &str) -> Vec<LlamaToken> {
        let add_bos = self.add_bos && (self.bos.is_empty() || !text.starts_with(&self.bos));
        model.vocab().tokenize(text.as_bytes(), add_bos, true)
    }
}

fn entry(role: &'static str, content: String) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("role", role.to_owned()), ("content", content)])
}

/// As Hugging Face renders: blocks take their line with them, and strings have Python's methods.
fn environment(template: String) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function(
        "raise_exception",
        |message: String| -> Result<Value, Error> {
            Err(Error::new(ErrorKind::InvalidOperation, message))
        },
    );
    environment.add_template_owned(NAME, template)?;
    Ok(environment)
}
