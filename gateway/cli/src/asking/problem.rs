//! What a gateway refuses, in its own words (RFC 9457): title, detail, the places, and what to do.

use serde_json::Value;

use super::draw::clean;
use crate::failure::Failure;

/// Why a command that asks ended before its end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The gateway refused: status 1.
    Refused(Problem),
    /// It could not be reached, or does not know who asks: status 2.
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// An answer that is no success.
#[derive(Debug)]
pub(crate) struct Problem {
    status: u16,
    /// As it came; empty when it was no problem in JSON.
    body: Vec<u8>,
    value: Value,
    retry_after: Option<String>,
}

impl Problem {
    /// Reads the body of an answer; one that is no problem leaves the status alone.
    pub(super) fn read(status: u16, body: Vec<u8>, retry_after: Option<String>) -> Self {
        let value = serde_json::from_slice(&body).ok().filter(Value::is_object).unwrap_or_default();
        let retry_after = retry_after.filter(|text| text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit()));
        Self { status, body: if value.is_null() { Vec::new() } else { body }, value, retry_after }
    }

    /// What it means for the command.
    pub(super) fn stops(self) -> Stopped {
        match self.status {
            401 => Stopped::Failed(Failure::new(
                "the gateway does not know these credentials",
                self.text("detail").unwrap_or_else(|| "is the certificate or the key still in force?".to_owned()),
            )),
            300..=399 => Stopped::Failed(Failure::new(
                format!("the gateway answered {}: it is somewhere else", self.status),
                "credentials follow nobody: give the address itself as --gateway",
            )),
            status if self.value.is_null() => Stopped::Failed(Failure::new(
                format!("the gateway answered {status} and did not say why"),
                "is it a gateway of Homeward that listens there, and no proxy before it?",
            )),
            _ => Stopped::Refused(self),
        }
    }

    /// Seconds after which the same may be asked again: only the pace was too high.
    pub(super) fn quota_seconds(&self) -> Option<u64> {
        self.retry_after.as_deref().filter(|_| self.status == 429)?.parse().ok()
    }

    /// For people, or as it came.
    pub(super) fn told(&self, json: bool) -> String {
        if json {
            return String::from_utf8_lossy(&self.body).trim_end().to_owned();
        }
        let title = self.text("title").unwrap_or_else(|| format!("the gateway answered {}", self.status));
        let mut lines = vec![format!("error: {title}")];
        let repeated = |detail: &String| {
            *detail == title || self.errors().any(|error| error["message"].as_str() == self.value["detail"].as_str())
        };
        let detail = self.text("detail").filter(|detail| !repeated(detail));
        lines.extend(detail.map(|detail| format!("detail: {detail}")));
        lines.extend(self.text("state").map(|state| format!("state: {state}")));
        for error in self.errors() {
            let words = |name: &str| error[name].as_str().map(clean);
            let [message, help] = [words("message"), words("help")];
            let said: Vec<String> = message.into_iter().chain(help).collect();
            lines.push(format!("  {}", said.join("; ")));
        }
        lines.extend(self.text("help").map(|help| format!("help: {help}")));
        lines.extend(self.retry_after.as_ref().map(|seconds| format!("wait: {seconds} s")));
        if self.status >= 500 {
            lines.extend(self.text("instance").map(|instance| format!("instance: {instance}")));
        }
        lines.join("\n")
    }

    fn errors(&self) -> impl Iterator<Item = &Value> {
        self.value["errors"].as_array().into_iter().flatten()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.value[name].as_str().map(clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> Problem {
        match Problem::read(409, body.into(), None).stops() {
            Stopped::Refused(problem) => problem,
            Stopped::Failed(failure) => panic!("{failure}"),
        }
    }

    #[test]
    fn a_problem_is_told_in_its_own_words_without_what_moves_a_terminal() {
        let problem = refused(
            "{\"title\":\"Not now\\u001b[2J\",\"detail\":\"Not now\\u001b[2J\",\"state\":\"settled\",\
             \"errors\":[{\"message\":\"m\",\"help\":\"h\"},{}],\"help\":\"read it again\"}",
        );
        let told = "error: Not now\u{fffd}[2J\nstate: settled\n  m; h\n  \nhelp: read it again";
        assert_eq!(problem.told(false), told);
    }

    #[test]
    fn what_is_no_problem_is_no_refusal() {
        for body in ["", "[]", "null", "\"no\"", "{", "<html>"] {
            let stopped = Problem::read(502, body.into(), None).stops();
            assert!(matches!(stopped, Stopped::Failed(_)), "{body}");
        }
    }

    #[test]
    fn members_of_other_kinds_say_nothing_and_do_no_harm() {
        let problem = refused("{\"title\":7,\"detail\":[],\"errors\":{\"a\":1},\"help\":null}");
        assert_eq!(problem.told(false), "error: the gateway answered 409");
    }
}
