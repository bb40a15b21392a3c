import Compute

/// Copies or, with `accumulate`, adds values to others of the same count.
func copy(_ values: Values, into destination: UnsafeMutablePointer<Float>, accumulate: Bool) {
  if accumulate {
    for i in 0..<values.count { destination[i] += values.pointer[i] }
  } else {
    destination.update(from: values.pointer, count: values.count)
  }
}
