//! Values of a column while it is read. The builders of Arrow keep apart what is known from the first gap
//! on, which costs more than the values where nearly every column has gaps.

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{BooleanArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

/// Values, and which of them are known.
pub(super) struct Filling<V> {
    values: Vec<V>,
    known: Vec<bool>,
}

impl<V: Default> Filling<V> {
    pub(super) const fn new() -> Self {
        Filling { values: Vec::new(), known: Vec::new() }
    }

    pub(super) fn push(&mut self, value: Option<V>) {
        self.known.push(value.is_some());
        self.values.push(value.unwrap_or_default());
    }

    /// The values so far, and the gaps if there are any.
    fn take(&mut self) -> (Vec<V>, Option<NullBuffer>) {
        let nulls = NullBuffer::new(BooleanBuffer::from(std::mem::take(&mut self.known)));
        (std::mem::take(&mut self.values), Some(nulls).filter(|nulls| nulls.null_count() > 0))
    }

    pub(super) fn array<T: ArrowPrimitiveType<Native = V>>(&mut self) -> PrimitiveArray<T>
    where
        V: arrow_buffer::ArrowNativeType,
    {
        let (values, nulls) = self.take();
        PrimitiveArray::new(values.into(), nulls)
    }
}

impl Filling<bool> {
    pub(super) fn truths(&mut self) -> BooleanArray {
        let (values, nulls) = self.take();
        BooleanArray::new(BooleanBuffer::from(values), nulls)
    }
}
