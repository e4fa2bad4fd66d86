//! Saving a calendar beside a tally: the bundled one by its version, another whole.

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::calendar::{Holiday, WorkCalendar};
use crate::work_hours::WorkHours;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SavedCalendar {
    Bundled(String),
    Own {
        name: String,
        first_year: i32,
        last_year: i32,
        holidays: Vec<Holiday>,
        sessions: Vec<(String, String)>,
    },
}

const CLOCK: &str = "%H:%M";

impl Serialize for WorkCalendar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == WorkCalendar::vietnam() {
            return SavedCalendar::Bundled(self.version().to_owned()).serialize(serializer);
        }
        let clock = |time: NaiveTime| time.format(CLOCK).to_string();
        SavedCalendar::Own {
            name: self.name().to_owned(),
            first_year: self.first_year(),
            last_year: self.last_year(),
            holidays: self.holidays().to_vec(),
            sessions: self.hours().sessions().map(|(start, end)| (clock(start), clock(end))).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WorkCalendar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match SavedCalendar::deserialize(deserializer)? {
            SavedCalendar::Bundled(version) => {
                let bundled = WorkCalendar::vietnam();
                if bundled.version() == version {
                    Ok(bundled)
                } else {
                    // Figures of another calendar must not be mixed with this one's.
                    Err(D::Error::custom(format_args!(
                        "calendar version {version}: expected the bundled {}",
                        bundled.version()
                    )))
                }
            }
            SavedCalendar::Own { name, first_year, last_year, holidays, sessions } => {
                let clock = |text: &str| NaiveTime::parse_from_str(text, CLOCK).map_err(D::Error::custom);
                let sessions = sessions
                    .iter()
                    .map(|(start, end)| Ok((clock(start)?, clock(end)?)))
                    .collect::<Result<Vec<_>, D::Error>>()?;
                let minutes = sessions.iter().map(|(start, end)| (*end - *start).num_minutes()).sum::<i64>();
                let hours = WorkHours::new(sessions, u32::try_from(minutes).map_err(D::Error::custom)?)
                    .map_err(D::Error::custom)?;
                WorkCalendar::new(&name, first_year..=last_year, holidays, hours).map_err(D::Error::custom)
            }
        }
    }
}
