import Compute
import Files
import Runs

/// The tensors of a model of another program, in one or several files, under the names that are used
/// here.
struct StoredWeights {
  /// Where the first of them are, for messages.
  let path: String
  private var places: [String: Place] = [:]
  /// Tensors that are others under a second name, which a file keeps once.
  private var aliases: [String: Place] = [:]

  /// Where a tensor is, and how many of its rows are wanted.
  private struct Place {
    let file: SafetensorsFile
    let entry: SafetensorsEntry
    var rows: Int?

    /// Its shape, as far as it is wanted.
    var shape: [Int] { rows.map { [$0] + entry.shape.dropFirst() } ?? entry.shape }

    /// Its numbers, as far as they are wanted, which are all finite.
    func values() throws(FileError) -> Values {
      let values = try file.values(entry.name, rows: rows)
      try file.checkFinite(values, of: entry.name)
      return values
    }
  }

  /// Opens those files, at least one.
  /// - Parameter presentName: What a tensor is called here; nil if it is not wanted.
  /// - Throws: `FileError` when one is damaged, or a tensor comes twice.
  init(_ paths: [String], presentName: (String) -> String?) throws(FileError) {
    path = paths.first ?? ""
    var stored: [String: Place] = [:]
    var names: [(alias: String, name: String)] = []
    for path in paths {
      let file = try SafetensorsFile(path)
      names += file.metadata.map { ($0.key, $0.value) }
      for entry in file.entries {
        let place = Place(file: file, entry: entry)
        stored[entry.name] = place
        guard let name = presentName(entry.name) else { continue }
        guard places.updateValue(place, forKey: name) == nil else {
          throw FileError(.badData, path, "has a second tensor \"\(name)\"")
        }
      }
    }
    // Safetensors' save_model keeps tensors that share their memory once, and says so beside.
    for (alias, name) in names where stored[alias] == nil {
      if let place = stored[name], let alias = presentName(alias) { aliases[alias] = place }
    }
  }

  /// Makes sure that a model is not made which is far larger than what is stored of it: a line of a
  /// configuration must not take all memory.
  /// - Throws: `RecipeError` that blames a key of the configuration, which asks for so many parameters.
  func require(
    parameters least: Int, by key: String, of file: ConfigurationFile
  ) throws(RecipeError) {
    let stored = places.values.reduce(0) { $0 + $1.entry.count }
    guard least <= max(4 * stored, 1 << 24) else {
      throw file.error(
        key,
        "and what else is there make a model of \(least) parameters at least, but \(stored) are stored"
      )
    }
  }

  /// The names of all tensors.
  var names: some Collection<String> { places.keys }

  /// The shape of the tensor of that name, or nil where there is none.
  func shape(_ name: String) -> [Int]? { place(name)?.shape }

  /// The tensor of that name, or nil where there is none.
  /// - Throws: `FileError` when it cannot be read.
  func values(_ name: String) throws(FileError) -> Values? { try place(name)?.values() }

  private func place(_ name: String) -> Place? { places[name] ?? aliases[name] }

  /// Leaves a tensor out.
  mutating func remove(_ name: String) { places[name] = nil }

  /// Leaves all but the first rows of a tensor out.
  mutating func keepRows(_ count: Int, of name: String) {
    places[name]?.rows = count
    aliases[name]?.rows = count
  }

  /// Reads the parameters of a model, once all are known to be there in the right shapes.
  /// - Throws: `FileError` that names the tensor which is missing, of another shape, or too many.
  func read(_ dictionary: StateDictionary) throws(FileError) {
    var found: [(place: Place, parameter: Int)] = []
    for (index, parameter) in dictionary.parameters.enumerated() {
      guard let place = place(parameter.name) else {
        throw FileError(.badData, path, "has no tensor \"\(parameter.name)\"")
      }
      guard place.shape == parameter.shape else {
        throw FileError(
          .badData, place.file.path,
          "tensor \"\(place.entry.name)\" has the shape \(place.shape), but the "
            + "configuration's is \(parameter.shape)")
      }
      found.append((place, index))
    }
    let names = Set(dictionary.parameters.map(\.name))
    if let name = places.keys.filter({ !names.contains($0) }).sorted().first {
      throw FileError(
        .badData, path, "has a tensor \"\(name)\", which the configuration's model has not")
    }
    for (place, index) in found { dictionary.set(index, try place.values()) }
  }
}
