/// Seconds that so many calls take.
func seconds(_ repeats: Int, _ call: () -> Void) -> Double {
  ContinuousClock().measure { for _ in 0..<repeats { call() } } / .seconds(1)
}

/// How many calls take so many seconds at least: a power of two.
func repeats(lasting duration: Double, _ call: () -> Void) -> Int {
  var repeats = 1
  while seconds(repeats, call) < duration && repeats < 1 << 20 { repeats *= 2 }
  return repeats
}

/// The middle value; of an even number the upper one.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
