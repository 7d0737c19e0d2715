//! What the contract tests stand on: the program under test, the oracles, and our own judgement of FHIR.

pub mod clock;
pub mod fhir_rules;
pub mod homeward;
pub mod oracle;
pub mod proof;
pub mod sshd;

#[cfg(test)]
mod tests {
    use super::homeward::workspace;

    #[test]
    fn the_pure_floors_have_the_same_rules_for_clippy() {
        let rules = |floor: &str| std::fs::read_to_string(workspace().join(floor).join("clippy.toml")).unwrap();
        assert_eq!(rules("schemas"), rules("adapters"));
        assert_eq!(rules("schemas"), rules("gateway/exchange"));
    }
}
