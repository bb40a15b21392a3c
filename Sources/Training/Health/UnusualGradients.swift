import Files
import Runs

/// The updates of a training whose gradients were unusual: of each network the first is told at once, the others are
/// logged, and counted at the end.
struct UnusualGradients {
  /// One for each network.
  private var networks: [(name: String?, count: Int)]

  /// Nothing yet, of networks whose arrays' names begin with those prefixes.
  init(prefixes: [String]) {
    networks = prefixes.map { ($0.split(separator: ".").last.map(String.init), 0) }
  }

  /// Takes in what a network's updates of a step have seen.
  /// - Returns: What is logged of it, and what is said, if it is the first of the network.
  mutating func add(
    _ reports: [Optimizer.Report], ofNetwork index: Int, at step: Int
  ) -> (logged: [Measurement], said: String?) {
    let largest = reports.max { $0.norm < $1.norm }
    guard let report = largest, let outlier = report.outlier else { return ([], nil) }
    let (name, count) = networks[index]
    networks[index].count += reports.count
    let logged = Measurement(
      ["gradient_norm_outlier", name].compactMap { $0 }.joined(separator: "_"), outlier.norm)
    guard count == 0 else { return ([logged], nil) }
    let of = name.map { " of the \($0)" } ?? ""
    return (
      [logged],
      """
      step \(step): the gradient norm\(of) is \(fixed(outlier.norm, 3)), usually \
      \(fixed(outlier.median, 3))\(report.isSkipped ? "; the step is left out" : "")
      """
    )
  }

  /// How many there were, where not all have been told; nil otherwise.
  var summary: String? {
    let told = networks.filter { $0.count > 0 }
    guard told.contains(where: { $0.count > 1 }) else { return nil }
    let counts = told.map { name, count in
      "\(count) \(count == 1 ? "update" : "updates")\(name.map { " of the \($0)" } ?? "")"
    }
    return
      "the gradient norm was unusual in \(counts.joined(separator: " and in ")), which are logged"
  }
}
