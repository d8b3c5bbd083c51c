//! The page, the web component, the SDK, embedded.

mod etag;

use etag::Etag;

/// One file of the page.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    pub body: &'static [u8],
    pub mime: &'static str,
    /// Quoted, as the header wants it; it changes with the body.
    pub etag: &'static str,
}

/// Only our own files, and nothing that was injected.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'";

/// What goes with every asset. The modules must load from other sites, since `/repartee.js` is embedded there.
pub const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-cache"),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
];

/// The file at a path of the page; `None` for every other path.
pub fn asset(path: &str) -> Option<Asset> {
    let path = if path == "/" { "/index.html" } else { path };
    ASSETS
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, asset)| *asset)
}

/// The paths there are.
pub fn paths() -> impl Iterator<Item = &'static str> {
    ASSETS.iter().map(|(name, _)| *name)
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

macro_rules! assets {
    ($($path:literal = $file:literal, $mime:expr;)*) => {
        &[$(($path, {
            const BODY: &[u8] = include_bytes!($file);
            const ETAG: Etag = Etag::of(BODY);
            Asset { body: BODY, mime: $mime, etag: ETAG.as_str() }
        })),*]
    };
}

static ASSETS: &[(&str, Asset)] = assets! {
    "/index.html" = "index.html", HTML;
    "/style.css" = "style.css", STYLE;
    "/captions.css" = "captions.css", STYLE;
    "/panel.css" = "panel.css", STYLE;
    "/icon.svg" = "icon.svg", PICTURE;
    "/app.js" = "app.js", SCRIPT;
    "/announce.js" = "announce.js", SCRIPT;
    "/call.js" = "call.js", SCRIPT;
    "/captions.js" = "captions.js", SCRIPT;
    "/composer.js" = "composer.js", SCRIPT;
    "/devices.js" = "devices.js", SCRIPT;
    "/element.js" = "element.js", SCRIPT;
    "/element-style.js" = "element-style.js", SCRIPT;
    "/failure.js" = "failure.js", SCRIPT;
    "/journal.js" = "journal.js", SCRIPT;
    "/keep.js" = "keep.js", SCRIPT;
    "/latency.js" = "latency.js", SCRIPT;
    "/link.js" = "link.js", SCRIPT;
    "/meter.js" = "meter.js", SCRIPT;
    "/microphone.js" = "microphone.js", SCRIPT;
    "/notices.js" = "notices.js", SCRIPT;
    "/panel.js" = "panel.js", SCRIPT;
    "/repartee.js" = "repartee.js", SCRIPT;
    "/sdk.js" = "sdk.js", SCRIPT;
    "/sound.js" = "sound.js", SCRIPT;
    "/stage.js" = "stage.js", SCRIPT;
    "/talk.js" = "talk.js", SCRIPT;
    "/thread.js" = "thread.js", SCRIPT;
    "/transcript.js" = "transcript.js", SCRIPT;
    "/words.js" = "words.js", SCRIPT;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_page() {
        let page = asset("/").expect("the page is embedded");
        assert_eq!(page.mime, HTML);
        assert!(page.body.starts_with(b"<!doctype html>"));
        assert!(asset("/lib.rs").is_none());
        assert!(asset("//").is_none());
        assert!(asset("/../Cargo.toml").is_none());
    }

    #[test]
    fn tags_tell_bodies_apart() {
        let mut tags: Vec<_> = paths().filter_map(asset).map(|one| one.etag).collect();
        let all = tags.len();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), all);
        assert!(tags.iter().all(|tag| tag.len() == 18));
    }

    /// A module that is imported but not embedded would only fail in a browser.
    #[test]
    fn whatever_is_named_is_embedded() {
        let mut named = 0;
        for path in paths() {
            let body = asset(path).expect("listed").body;
            let text = std::str::from_utf8(body).expect("our text files are UTF-8");
            for mark in [
                "from \"./",
                "import \"./",
                "import(\"./",
                "href=\"/",
                "src=\"/",
                "url(\"/",
            ] {
                for rest in text.split(mark).skip(1) {
                    let name = rest.split('"').next().expect("split yields one");
                    named += 1;
                    assert!(asset(&format!("/{name}")).is_some(), "{path} names {name}");
                }
            }
        }
        assert!(named > 30, "only {named} names found");
    }

    /// The policy forbids inline code and style, so neither may be written.
    #[test]
    fn nothing_inline() {
        let page = asset("/").expect("the page is embedded");
        let text = std::str::from_utf8(page.body).expect("UTF-8");
        for forbidden in [" style=\"", " onclick=", "<style", "javascript:"] {
            assert!(!text.contains(forbidden), "{forbidden}");
        }
        assert_eq!(
            text.matches("<script").count(),
            text.matches("<script type=\"module\" src=").count()
        );
        for path in paths().filter(|path| path.ends_with(".js")) {
            let body = asset(path).expect("listed").body;
            let text = std::str::from_utf8(body).expect("UTF-8");
            for forbidden in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ] {
                assert!(!text.contains(forbidden), "{path}: {forbidden}");
            }
        }
    }
}
