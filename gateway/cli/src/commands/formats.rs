//! `homeward formats`: what can be read and written.

use serde_json::json;

use crate::{
    failure::{Ended, Outcome},
    terminal::Terminal,
};

pub(crate) fn run(as_json: bool, terminal: &Terminal) -> Outcome {
    let mut out = String::new();
    let mark = |there: bool| if there { "yes" } else { "-" };
    if !as_json {
        out.push_str(&format!("{:<18} {:<16} {:<4} {:<4} {}\n", "format", "adapter", "in", "out", "what it is"));
    }
    for (adapter, format) in roster::formats() {
        let (read, written) = (format.decode.is_some(), format.encode.is_some());
        if as_json {
            let line = json!({
                "name": format.name, "adapter": adapter.name, "summary": format.summary,
                "mediaTypes": format.media_types, "extensions": format.extensions, "in": read, "out": written,
            });
            out.push_str(&line.to_string());
            out.push('\n');
        } else {
            out.push_str(&format!(
                "{:<18} {:<16} {:<4} {:<4} {}\n",
                format.name,
                adapter.name,
                mark(read),
                mark(written),
                format.summary
            ));
        }
    }
    terminal.print(out.as_bytes())?;
    Ok(Ended::Well)
}
