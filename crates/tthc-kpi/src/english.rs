//! English of counts: "1 row was", not "1 rows were". Sentences are written for many; one is told here.

/// Words of counts, of many and of one.
const NOUNS: &[(&str, &str)] = &[
    ("agencies", "agency"),
    ("cases", "case"),
    ("cells", "cell"),
    ("codes", "code"),
    ("columns", "column"),
    ("days", "day"),
    ("dossiers", "dossier"),
    ("entries", "entry"),
    ("files", "file"),
    ("groups", "group"),
    ("indicators", "indicator"),
    ("issues", "issue"),
    ("kinds", "kind"),
    ("lists", "list"),
    ("months", "month"),
    ("offices", "office"),
    ("payments", "payment"),
    ("petitions", "petition"),
    ("procedures", "procedure"),
    ("ratings", "rating"),
    ("results", "result"),
    ("rows", "row"),
    ("sources", "source"),
    ("successes", "success"),
    ("tasks", "task"),
    ("transfers", "transfer"),
    ("values", "value"),
    ("words", "word"),
];
/// What they do.
const VERBS: &[(&str, &str)] = &[
    ("are", "is"),
    ("bear", "bears"),
    ("do", "does"),
    ("end", "ends"),
    ("fail", "fails"),
    ("have", "has"),
    ("lack", "lacks"),
    ("lie", "lies"),
    ("owe", "owes"),
    ("were", "was"),
];
/// Words after which "1" counts nothing.
const STOPS: &[&str] = &["of", "in", "to", "or", "and", "from", "by", "at"];

/// A sentence with what is counted as one told as one.
///
/// # Example
/// ```
/// use tthc_kpi::singular;
/// assert_eq!(singular("1 rows could not be read; 21 rows were."), "1 row could not be read; 21 rows were.");
/// assert_eq!(singular("1 open dossiers are overdue (1 procedures)"), "1 open dossier is overdue (1 procedure)");
/// assert_eq!(singular("1 of 3 groups"), "1 of 3 groups");
/// ```
pub fn singular(text: &str) -> String {
    /// How many words may stand before the one that is counted.
    const BETWEEN: u8 = 3;
    let (mut left, mut counted) = (0u8, false);
    let told = text.split(' ').map(|word| {
        let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
        if bare == "1" && word.ends_with('1') {
            (left, counted) = (BETWEEN, false);
            return word.to_owned();
        }
        let among =
            |list: &[(&str, &'static str)]| list.iter().find(|(many, _)| *many == bare).map(|(_, one)| *one);
        let one = if counted { among(VERBS) } else { among(NOUNS).filter(|_| left > 0) };
        let ends = bare.len() < word.trim_start_matches('(').len() || STOPS.contains(&bare);
        counted = !counted && one.is_some() && !ends;
        left = if one.is_some() || ends { 0 } else { left.saturating_sub(1) };
        one.map_or_else(|| word.to_owned(), |one| word.replacen(bare, one, 1))
    });
    told.collect::<Vec<_>>().join(" ")
}
