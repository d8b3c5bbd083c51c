//! The page's routes: what `client/web` embeds, as the browser asks for it.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Adds the page's files to the doors.
pub(crate) fn with_page(doors: Router) -> Router {
    let mut router = doors.route("/", axum::routing::get(serve));
    for path in client_web::paths() {
        router = router.route(path, axum::routing::get(serve));
    }
    router
}

async fn serve(request: Request) -> Response {
    let Some(asset) = client_web::asset(request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = request.headers().get(header::IF_NONE_MATCH);
    let mut headers = HeaderMap::new();
    for (name, value) in client_web::HEADERS {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    headers.insert(header::ETAG, HeaderValue::from_static(asset.etag));
    if known.is_some_and(|known| known.as_bytes() == asset.etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, asset.body).into_response()
}
