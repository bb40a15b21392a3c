import Layers
import Training

extension [RecurrentState] {
  /// The states of all layers, by layer and part, as a checkpoint has them.
  var arrays: SlabArrays {
    SlabArrays(
      enumerated().flatMap { layer, state in
        [("rnn.\(layer).hidden", state.hidden)]
          + (state.cell.map { [("rnn.\(layer).cell", $0)] } ?? [])
      })
  }
}
