//! Reads entries that write another type's fields among their own. Serde's own way, `flatten`, reads every value into
//! memory first, and compiles the reading of each type a second time for what it has there.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use super::{AcceptedEntry, FindingEntry, ReportDocument, SuppressedEntry, SuppressedKeys, SuppressionEntry};
use crate::finding::Suppression;

impl<'de> Deserialize<'de> for ReportDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (run, findings) = with_field::<_, _, Vec<Plain>>(deserializer, "findings")?;
        Ok(Self { run, findings: findings.into_iter().map(|Plain(finding)| finding).collect() })
    }
}

impl<'de> Deserialize<'de> for SuppressedEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (finding, suppression) = with_field(deserializer, "suppression")?;
        Ok(Self { finding, suppression })
    }
}

impl<'de> Deserialize<'de> for SuppressionEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (suppression, keys) = with_field(deserializer, "keys")?;
        Ok(Self { suppression, keys })
    }
}

impl<'de> Deserialize<'de> for AcceptedEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (input, suppression) = with_field(deserializer, "suppression")?;
        Ok(Self { input, suppression })
    }
}

impl<'de> Deserialize<'de> for SuppressedKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeysVisitor;

        impl<'de> Visitor<'de> for KeysVisitor {
            type Value = SuppressedKeys;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the number of suppressed keys, or a list of them")
            }

            fn visit_u64<E: Error>(self, count: u64) -> Result<SuppressedKeys, E> {
                Ok(SuppressedKeys::Count(count))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<SuppressedKeys, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(SuppressedKeys::List)
            }
        }

        deserializer.deserialize_any(KeysVisitor)
    }
}

/// A finding, read by the code that reads those with a suppression.
struct Plain(FindingEntry);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Parts::<_, Suppression>::of(None)).map(|(finding, _)| Self(finding))
    }
}

/// Reads an object that has the fields of `T`, and one more.
fn with_field<'de, D, T, O>(deserializer: D, name: &'static str) -> Result<(T, O), D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
    O: Deserialize<'de>,
{
    let (rest, other) = deserializer.deserialize_map(Parts::of(Some(name)))?;
    Ok((rest, other.ok_or_else(|| D::Error::missing_field(name))?))
}

/// An object as a `T` and the value of the field with this name.
struct Parts<T, O> {
    name: Option<&'static str>,
    types: PhantomData<(T, O)>,
}

impl<T, O> Parts<T, O> {
    fn of(name: Option<&'static str>) -> Self {
        Self { name, types: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>, O: Deserialize<'de>> Visitor<'de> for Parts<T, O> {
    type Value = (T, Option<O>);

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        let mut other = None;
        let mut take = |fields: &mut A| {
            other = Some(fields.next_value()?);
            Ok(())
        };
        let rest = Rest { fields, name: self.name, take: &mut take };
        let rest = T::deserialize(MapAccessDeserializer::new(rest))?;
        Ok((rest, other))
    }
}

/// The fields of an object but the one with this name, whose value is taken elsewhere.
struct Rest<'a, A, E> {
    fields: A,
    name: Option<&'static str>,
    take: &'a mut dyn FnMut(&mut A) -> Result<(), E>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<'_, A, A::Error> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.fields.next_key::<String>()? {
            if self.name != Some(&*name) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            (self.take)(&mut self.fields)?;
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.fields.next_value_seed(seed)
    }
}
