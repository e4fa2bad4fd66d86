//! One name per concept: the enum variant, the argument a caller writes, the value in the
//! output and the anchor in the documentation are the same slug.

/// The nearest of `names` to `text`, when one is near enough to be what was meant.
///
/// # Example
/// ```
/// assert_eq!(tthc_kpi::nearest("agancy", ["agency", "field"]), Some("agency"));
/// assert_eq!(tthc_kpi::nearest("zzz", ["agency", "field"]), None);
/// ```
pub fn nearest<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    // A third of the letters may be wrong: enough for a slip of the finger, too little for another word.
    let most = (text.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::osa_distance(&text, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A name that is not one of those allowed.
///
/// # Example
/// ```
/// let error = "on_tme".parse::<tthc_kpi::Measure>().unwrap_err();
/// assert_eq!((error.what, error.nearest.as_deref()), ("measure", Some("on_time")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} {text:?}: {}{}", among(.expected, .what), suggestion(.nearest))]
pub struct UnknownName {
    /// What kind of thing was named: `indicator`, `policy rule`, `dimension`.
    pub what: &'static str,
    /// What the caller wrote.
    pub text: String,
    /// The allowed names, separated by commas.
    pub expected: String,
    /// The allowed name nearest to `text`, if any is near.
    pub nearest: Option<String>,
}

fn among(expected: &str, what: &str) -> String {
    if expected.is_empty() {
        format!("there is no {what} at all")
    } else {
        format!("expected one of {expected}")
    }
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}

impl UnknownName {
    pub(crate) fn new<'a>(what: &'static str, text: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        UnknownName {
            what,
            text: text.to_owned(),
            expected: names.join(", "),
            nearest: nearest(text, names).map(str::to_owned),
        }
    }
}

/// Declares an enum whose variants each have one slug: `ALL`, `slug()`, `Display`, `FromStr`, serde.
macro_rules! slugs {
    ($(#[$meta:meta])* $name:ident as $what:literal {
        $($(#[$vmeta:meta])* $variant:ident = $slug:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The one name of this value, in arguments and in outputs.
            pub const fn slug(self) -> &'static str {
                match self { $($name::$variant => $slug,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.slug())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::slug::UnknownName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($slug => Ok($name::$variant),)+
                    _ => Err($crate::slug::UnknownName::new($what, text, Self::ALL.iter().map(|v| v.slug()))),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.slug())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'_, str> as serde::Deserialize>::deserialize(deserializer)?;
                // The text may come from data: what was expected is told, not what stood there.
                text.parse().map_err(|error: $crate::slug::UnknownName| {
                    serde::de::Error::custom(format_args!("unknown {}: expected one of {}", error.what, error.expected))
                })
            }
        }
    };
}
pub(crate) use slugs;
