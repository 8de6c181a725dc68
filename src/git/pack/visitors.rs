//! Visitors made of others.

use super::walk::{Base, Object, Visitor};
use crate::{blob::ObjectId, git::Kind};

/// Two visitors that see the same objects, so that those need to be read only once.
pub struct Both<A, B>(pub A, pub B);

impl<A: Visitor, B: Visitor> Visitor for Both<A, B> {
    type Mark = (A::Mark, B::Mark);

    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark {
        let Object { id, number, kind, bytes, base } = object;
        let (first, second) = match base {
            Some(Base { mark: (first, second), changes }) => {
                (Some(Base { mark: first, changes }), Some(Base { mark: second, changes }))
            }
            None => (None, None),
        };
        (
            self.0.object(Object { id, number, kind, bytes, base: first }),
            self.1.object(Object { id, number, kind, bytes, base: second }),
        )
    }

    fn failed(&mut self, id: ObjectId, kind: Option<Kind>, why: &'static str) {
        self.0.failed(id, kind, why);
        self.1.failed(id, kind, why);
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)> {
        self.0.elsewhere(id)
    }
}

/// A visitor that may not be wanted.
impl<V: Visitor> Visitor for Option<V> {
    type Mark = Option<V::Mark>;

    fn object(&mut self, object: Object<'_, Self::Mark>) -> Self::Mark {
        let Object { id, number, kind, bytes, base } = object;
        let base = base.and_then(|base| Some(Base { mark: base.mark.as_ref()?, changes: base.changes }));
        self.as_mut().map(|visitor| visitor.object(Object { id, number, kind, bytes, base }))
    }

    fn failed(&mut self, id: ObjectId, kind: Option<Kind>, why: &'static str) {
        if let Some(visitor) = self {
            visitor.failed(id, kind, why);
        }
    }

    fn elsewhere(&mut self, id: ObjectId) -> Option<(Kind, Vec<u8>)> {
        self.as_mut()?.elsewhere(id)
    }
}
