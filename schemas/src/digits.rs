//! Numbers of a fixed width as ASCII digits, both ways, without the formatting machinery.

/// Reads bytes that are all ASCII digits; the caller has settled how many there are, at most nine.
pub(crate) fn read_digits(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// The last `WIDTH` decimal digits of a number, with leading zeros.
pub(crate) fn digits_of<const WIDTH: usize>(mut number: u32) -> [u8; WIDTH] {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    digits
}

/// The last two decimal digits of a number: dates are written by the million.
pub(crate) fn two_digits(number: u8) -> [u8; 2] {
    PAIRS[usize::from(number % 100)]
}

static PAIRS: [[u8; 2]; 100] = {
    let (mut pairs, mut number) = ([[0; 2]; 100], 0);
    while number < 100 {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_and_written_at_their_width() {
        assert_eq!(read_digits(b"0042"), Some(42));
        assert_eq!(digits_of::<4>(42), *b"0042");
        assert_eq!(read_digits(b"999999999"), Some(999_999_999));
        for number in 0..100 {
            assert_eq!(two_digits(number), digits_of(number.into()));
        }
        for bad in [&b""[..], b"-1", b"4 2", b"4a", b"1234567890", "٣".as_bytes()] {
            assert_eq!(read_digits(bad), None);
        }
    }
}
