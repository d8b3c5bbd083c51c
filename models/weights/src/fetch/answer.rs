//! What a server says of the bytes that it sends, held against what is known.

use super::Stop;
use crate::hub::{Wanted, place};
use crate::manifest::WeightFile;
use crate::trouble::Trouble;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG};
use reqwest::{Response, StatusCode};

/// The first answer: how long the file is, which version, and whether parts of it can be had.
pub(super) struct Opening {
    pub(super) total: u64,
    pub(super) version: Option<String>,
    pub(super) ranges: bool,
}

impl Opening {
    pub(super) fn of(response: &Response, file: &WeightFile) -> Result<Self, Trouble> {
        let host = place(response.url());
        let ranges = response.status() == StatusCode::PARTIAL_CONTENT;
        let told = if ranges {
            content_range(response).map(|(_, _, total)| total)
        } else {
            content_length(response)
        };
        let name = file.file.clone();
        let Some(total) = told.or(file.bytes) else {
            return Err(Trouble::NoLength { host, file: name });
        };
        if let Some(right) = file.bytes.filter(|right| *right != total) {
            return Err(Trouble::OtherLength {
                host,
                file: name,
                told: total,
                right,
            });
        }
        Ok(Self {
            total,
            version: version(response),
            ranges,
        })
    }
}

/// Whether what comes is what was asked for.
pub(super) fn check(
    response: &Response,
    wanted: Option<&Wanted>,
    total: u64,
    file: &WeightFile,
) -> Result<(), Stop> {
    let (host, name) = (place(response.url()), file.file.clone());
    let told = content_length(response);
    let Some(wanted) = wanted else {
        if let Some(told) = told.filter(|told| *told != total) {
            let right = total;
            return Err(Trouble::OtherLength {
                host,
                file: name,
                told,
                right,
            }
            .into());
        }
        return Ok(());
    };
    let now = version(response);
    if wanted.version.is_some() && now.is_some() && wanted.version != now {
        return Err(Stop::Changed);
    }
    if response.status() != StatusCode::PARTIAL_CONTENT {
        return Err(Stop::RangeIgnored);
    }
    let range = content_range(response);
    let right = range == Some((wanted.from, wanted.to, total))
        && told.is_none_or(|told| told == wanted.to - wanted.from);
    if right {
        return Ok(());
    }
    Err(Trouble::OtherPart { host, file: name }.into())
}

/// The mark of a version. A weak one ("W/...") says no more than that it looks alike.
fn version(response: &Response) -> Option<String> {
    let mark = response.headers().get(ETAG)?.to_str().ok()?;
    let strong = mark.len() > 2 && mark.starts_with('"') && mark.ends_with('"');
    strong.then(|| mark.to_owned())
}

fn content_length(response: &Response) -> Option<u64> {
    let length = response.headers().get(CONTENT_LENGTH)?;
    length.to_str().ok()?.trim().parse().ok()
}

/// `bytes 0-99/1000` as 0, 100 and 1000.
fn content_range(response: &Response) -> Option<(u64, u64, u64)> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    let (span, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    Some((
        number(first)?,
        number(last)?.checked_add(1)?,
        number(total)?,
    ))
}
