import CLibrary
import Compute
import Files
import Images
import Runs

/// What a running training says on standard error: one live line on a terminal, a line now and then
/// elsewhere.
public final class Progress {
  private let isTerminal: Bool
  private let clock = ContinuousClock()
  private let beginning = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant?
  private var window: [(step: Int, time: ContinuousClock.Instant)] = []
  /// What the live line says; empty while there is none.
  private var liveLine = ""
  private static let clearLine = "\r\u{1b}[K"

  private let sink: (String) -> Void

  /// A reporter on standard error.
  public init() {
    isTerminal = isatty(STDERR_FILENO) == 1
    sink = writeToStandardError
  }

  /// A reporter to what is not a terminal.
  public init(to sink: @escaping (String) -> Void) {
    isTerminal = false
    self.sink = sink
  }

  /// Whether there is a live line.
  public var isLive: Bool { isTerminal }

  /// How many columns the terminal has.
  private var columns: Int { TerminalSize(of: STDERR_FILENO)?.columns ?? 80 }

  /// Says how far the training has come.
  ///
  /// - Parameters:
  ///   - step: Steps done, of `steps`.
  ///   - measurements: The latest.
  ///   - items: How many items of that name a step takes.
  ///   - isDue: Whether a line is due where there is no terminal.
  public func show(
    step: Int, of steps: Int, _ measurements: [Measurement], items: Int, named itemName: String,
    isDue: Bool
  ) {
    let now = clock.now
    // A training that went back is as fast as it is from there on.
    if let last = window.last, step <= last.step { window = [] }
    window.append((step, now))
    if window.count > 200 { window.removeFirst(100) }
    if isTerminal {
      if let lastShown, now - lastShown < .milliseconds(100), step < steps { return }
    } else if !isDue && step < steps {
      return
    }
    lastShown = now
    let numbers = measurements.compactMap { measurement in
      measurement.label.map { "\($0) \(fixed(measurement.value, 3))" }
    }
    var speed: [String] = []
    if let rate = stepsPerSecond {
      let perSecond = rate * Double(items)
      speed = [
        "\(fixed(perSecond, perSecond < 10 ? 1 : 0)) \(itemName)/s",
        "\(duration(Double(steps - step) / rate)) left",
      ]
    }
    showLine(
      Self.line(
        "step \(step)/\(steps)", numbers, speed, columns: isTerminal ? columns - 1 : nil))
  }

  /// A line of at most so many columns, nil for any: numbers go first, the last one before the others, then the
  /// speed; the step and the time left stay.
  static func line(
    _ step: String, _ numbers: [String], _ speed: [String], columns: Int?
  ) -> String {
    var (numbers, speed) = (numbers, speed)
    while true {
      let line = ([step] + numbers + speed).joined(separator: "  ")
      guard let columns, line.count > columns else { return line }
      if numbers.popLast() == nil {
        guard speed.count > 1 else { return String(line.prefix(columns)) }
        speed.removeFirst()
      }
    }
  }

  /// Says how far something is that comes between steps and takes long, such as an evaluation: at once on a terminal,
  /// and elsewhere where nothing has been said for a while.
  public func show(_ name: String, _ done: Int, of count: Int, step: Int, of steps: Int) {
    let now = clock.now
    let least = isTerminal ? Duration.milliseconds(100) : Self.silence
    guard now - (lastShown ?? beginning) >= least else { return }
    lastShown = now
    showLine("step \(step)/\(steps)  \(name) \(done)/\(count)")
  }

  /// How long nothing is said where there is no terminal.
  private static let silence = Duration.seconds(5)

  private func showLine(_ line: String) {
    if isTerminal {
      liveLine = String(line.prefix(columns - 1))
      write(Self.clearLine + liveLine)
    } else {
      write(line + "\n")
    }
  }

  /// Says something once, above the live line.
  public func say(_ message: Message) {
    let text = message.description
    if !liveLine.isEmpty { write(Self.clearLine) }
    write(endsLine(text) ? text : text + "\n")
    write(liveLine)
  }

  /// Draws images above the live line, as many as the terminal has room for, where there is one that has colors and is
  /// not told to be plain.
  /// - Parameter columns: How many of them a row has elsewhere.
  public func show(_ images: [Image], columns gridColumns: Int) {
    let colors = TerminalImage.Colors.ofTerminal
    guard isTerminal && colors != .none else { return }
    // The live line stays below.
    let rows = max((TerminalSize(of: STDERR_FILENO)?.rows ?? 24) - 2, 4)
    let text = TerminalImage.text(
      of: images, gridColumns: gridColumns, columns: columns, rows: rows, colors: colors)
    say("\(raw: text)")
  }

  /// Leaves the live line as it stands.
  public func endLine() {
    if !liveLine.isEmpty { write("\n") }
    liveLine = ""
  }

  /// Steps a second over the latest steps; nil at first.
  private var stepsPerSecond: Double? {
    guard let first = window.first, let last = window.last, last.step > first.step else {
      return nil
    }
    return Double(last.step - first.step) / seconds(last.time - first.time)
  }

  private func write(_ text: String) { sink(text) }
}
