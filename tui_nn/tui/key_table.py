"""The key table: one row a key. `keys` reads it for all others."""

from __future__ import annotations

from tui_nn.tui.key import Groups, Key

EVERYWHERE: Groups = {
    "The app": (
        Key("question_mark,f1", "explain", "help", "explain what is on the screen, and list the keys", 90),
        Key("ctrl+p", "command_palette", "palette", "search all commands"),
        Key("f2", "next_theme", "light or dark", "the other colours"),
        Key("ctrl+c", "interrupt", "interrupt", "stop what is running, or else the app"),
        Key("ctrl+q", "quit", "quit", "leave the app"),
    )
}

LESSONS: Groups = {
    "Lessons": (
        Key("enter", "open", "open", "open the lesson under the pointer", 1),
        Key("slash", "search", "search", "search titles, summaries and equations", 2),
        Key("e", "equations", "your equations", "type equations of your own", 3),
        Key("o", "file", "your file", "open a lesson that is a file of yours", 6),
        Key("l", "lockstep", "lockstep", "the lesson under several optimisers side by side", 7),
        Key("t", "train", "train", "train a network on a data set", 4),
        Key("r", "runs", "runs", "the runs that are kept: look, compare, go on, remove", 5),
        Key("escape", "clear", "clear", "clear the search"),
        Key("q", "leave", "quit", "leave the app", 80),
    )
}

STEPPER: Groups = {
    "Through time": (
        Key("n", "next", "next", "compute the next line", 1, count=True),
        Key("b", "back", "back", "take the last line back", 2, count=True),
        Key("p", "next_phase", "phase", "to the end of the phase that comes now", 6, count=True),
        Key("P", "back_phase", "phase back", "to the end of the phase before", 14, count=True),
        Key("i", "next_iteration", "iteration", "to the end of this iteration, or of the next one", 4, count=True),
        Key("I", "back_iteration", "iteration back", "to the end of the iteration before", 12, count=True),
        Key("space", "run", "run", "run on; while something runs, pause it", 5, busy="pause"),
        Key("plus", "faster", "faster", "run faster", 20),
        Key("minus", "slower", "slower", "run more slowly", 21),
        Key("g", "goto", "go to", "go to an iteration and a line: 12, 12:7, or the name of a line", 8),
        Key("u", "until", "until", "run until a condition holds: L < 0.1", 9),
        Key("U", "back_until", "back until", "go back to where a condition last held", 15),
        Key("r", "reset", "reset", "back to the start", 10),
        Key("R", "seed", "new seed", "start afresh with another seed; z leads back to the one before", 16),
        Key("escape", "stop", "stop", "stop what is running"),
    ),
    "Breakpoints": (
        Key(
            "s",
            "break_line",
            "breakpoint",
            "stop runs and counted moves at the line under the pointer, or no longer",
            11,
        ),
        Key("S", "break_when", "break when", "stop runs and counted moves when a condition holds, or no longer", 17),
        Key("x", "autopsy", "autopsy", "find out why numbers have become NaN or infinite", 18),
    ),
    "What if": (
        Key("e", "edit", "edit", "change a value; all that follows is computed again, as a branch", 7),
        Key("z", "undo", "undo", "take the latest change back, or another seed", 4),
    ),
    "Looking": (
        Key("f", "follow", "pin", "pin the card to its number, or let it follow the current line again", 19),
        Key("comma", "back_parameter", "parameter", "the parameter before, in the update and the state"),
        Key("full_stop", "next_parameter", "parameter", "the next parameter, in the update and the state", 22),
        Key("v", "next_view", "view", "the next tab: tensor, graph, state, loss, watches", 13),
        Key("V", "back_view", "view back", "the tab before"),
        Key("m", "zoom", "zoom", "the pane that stands out over the whole screen, or back", 24),
        Key("G", "other_graph", "other graph", "the graph as computation, as weights or as gradients"),
        Key("y", "log", "log axis", "the loss on a logarithmic axis, or not"),
        Key("w", "watch", "watch", "watch an expression, or no longer", 18),
        Key("l", "lockstep", "lockstep", "the same problem under several optimisers side by side", 23),
        Key("tab", "focus_next", "pane", "the next pane; arrows and Enter act in the pane that stands out", 3),
        Key("shift+tab", "focus_previous", "pane back", "the pane before"),
        Key("q", "close", "leave", "back to where you came from", 80),
    ),
}

LOCKSTEP: Groups = {
    "Through time": (
        Key("n", "next", "next", "compute the next line, everywhere", 1, count=True),
        Key("b", "back", "back", "take the last line back, everywhere", 2, count=True),
        Key("p", "next_phase", "phase", "to the end of the phase that comes now", 3, count=True),
        Key("P", "back_phase", "phase back", "to the end of the phase before", 7, count=True),
        Key("i", "next_iteration", "iteration", "to the end of this iteration, or of the next one", 4, count=True),
        Key("I", "back_iteration", "iteration back", "to the end of the iteration before", 6, count=True),
        Key("space", "run", "run", "run on; while something runs, pause it", 5, busy="pause"),
        Key("plus", "faster", "faster", "run faster", 11),
        Key("minus", "slower", "slower", "run more slowly", 12),
        Key("r", "reset", "reset", "back to the start", 8),
        Key("escape", "stop", "stop", "stop what is running"),
    ),
    "Looking": (
        Key("comma", "back_parameter", "parameter", "the parameter before"),
        Key("full_stop", "next_parameter", "parameter", "the next parameter", 10),
        Key("right", "next_entries", "entries", "the entries that come next, where not all are shown", 6),
        Key("left", "back_entries", "entries back", "the entries before"),
        Key("enter", "open", "step it", "the optimiser that stands out, at this place in the stepper", 9),
        Key("v", "next_view", "view", "the next optimiser's tab", 5),
        Key("V", "back_view", "view back", "the tab before"),
        Key("y", "log", "log axis", "the losses on a logarithmic axis, or not"),
        Key("q", "close", "leave", "back to where you came from", 80),
    ),
}

EQUATIONS: Groups = {
    "Your equations": (
        Key("f5,ctrl+r", "step", "step it", "step the equations line by line", 1),
        Key("tab", "focus_next", "next field", "to the next field, and to the listing, which arrows scroll", 2),
        Key("shift+tab", "focus_previous", "field before", "to the field before"),
        Key("f7", "select_all", "select all", "all of the field, to type or paste something else over it", 3),
        Key("escape", "close", "leave", "back to the lessons", 80),
    )
}

AUTOPSY: Groups = {
    "What to do": (
        Key("g", "origin", "go to the origin", "go to where the growth began", 1),
        Key("s", "smaller", "smaller steps", "try again on a branch with a tenth of the learning rate", 2),
        Key("c", "clip", "clip", "try again on a branch with the gradient clipped to a length of 1", 3),
        Key("escape,q", "close", "close", "back to the stepper, right after the line", 80),
    )
}

TRAIN: Groups = {
    "A new run": (
        Key("f5,ctrl+r", "begin", "begin", "begin to train with these settings", 1),
        Key("tab", "focus_next", "next field", "to the next setting", 2),
        Key("shift+tab", "focus_previous", "field before", "to the setting before"),
        Key("down", "down", "down", "to the next setting"),
        Key("up", "up", "up", "to the setting before"),
        Key("f3", "more", "all settings", "show all settings, or the usual ones only", 3),
        Key("escape", "close", "leave", "back to where you came from", 80),
    )
}

TRAINING: Groups = {
    "Training": (
        Key("space", "run", "run", "train on; while it trains, pause", 1, busy="pause"),
        Key(
            "i", "step_into", "step into", "open the batch that comes next in the stepper; training goes on after it", 2
        ),
        Key("n", "next", "iteration", "train for one iteration and pause", 6, count=True),
        Key("e", "epoch", "epoch", "train to the end of the epoch and pause", 7, count=True),
        Key("l", "rate", "learning rate", "change the learning rate; the run remembers it", 4),
        Key("c", "checkpoint", "checkpoint", "write a checkpoint now", 5),
        Key("s", "stop", "stop", "end the run, and keep or discard it", 3),
    ),
    "Looking": (
        Key("v", "next_view", "view", "the next view: curves, layers, weights, confusion, rate, result", 8),
        Key("V", "back_view", "view back", "the view before"),
        Key("m", "zoom", "zoom", "the view over the whole screen, or back", 9),
        Key("y", "log", "log axis", "the loss on a logarithmic axis, or not", 10),
        Key("comma", "back_parameter", "parameter", "the histograms from the parameter before"),
        Key("full_stop", "next_parameter", "parameter", "the histograms from the next parameter", 11),
        Key("q,escape", "close", "leave", "end the run and leave; a run that has ended is just left", 80),
    ),
}

STOP: Groups = {
    "End the run": (
        Key("k", "keep", "keep", "end the run here and keep it; it can be resumed", 1),
        Key("d", "discard", "discard", "end the run and remove its folder", 2),
        Key("escape,q", "close", "train on", "do not end the run", 80),
    )
}

RUNS: Groups = {
    "Runs": (
        Key("enter", "open", "figures", "the figures of the run under the pointer", 1),
        Key("space", "mark", "mark", "lay its curves over the others', or no longer", 2),
        Key("r", "resume", "resume", "go on with the run under the pointer", 3),
        Key("n", "new", "new run", "begin a new run with the settings of this one", 4),
        Key("i", "step_into", "step into", "open the run in the stepper at any iteration", 5),
        Key("e", "evaluate", "evaluate", "judge its newest weights on the test rows", 8),
        Key("x,delete", "remove", "delete", "delete the run with its checkpoints; asks first", 9),
        Key("f5", "refresh", "refresh", "look into the folder again"),
    ),
    "Looking": (
        Key("v", "next_view", "view", "the next view: curves, differences, figures", 6),
        Key("V", "back_view", "view back", "the view before"),
        Key("full_stop", "next_figure", "figure", "the next figure in the curves: losses, accuracy, …", 7),
        Key("comma", "back_figure", "figure back", "the figure before"),
        Key("y", "log", "log axis", "curves on a logarithmic axis, or not", 10),
        Key("q,escape", "close", "leave", "back to where you came from", 80),
    ),
}

DELETE: Groups = {
    "Delete a run": (
        Key("d", "delete", "delete", "delete the run and all its checkpoints", 1),
        Key("escape,q", "close", "keep it", "leave it where it is", 80),
    )
}

SCREENS: dict[str, Groups] = {
    "lessons": LESSONS,
    "stepper": STEPPER,
    "lockstep": LOCKSTEP,
    "equations": EQUATIONS,
    "autopsy": AUTOPSY,
    "train": TRAIN,
    "training": TRAINING,
    "stop": STOP,
    "runs": RUNS,
    "delete": DELETE,
}

_MOVES = (
    Key("up", "up", "up", "up"),
    Key("down", "down", "down", "down"),
    Key("home", "home", "first", "to the first"),
    Key("end", "end", "last", "to the last"),
    Key("pageup", "page_up", "page up", "a page up"),
    Key("pagedown", "page_down", "page down", "a page down"),
)
_SIDEWAYS = (Key("left", "left", "left", "left"), Key("right", "right", "right", "right"))

LIST = "list"  # not a pane of ours: Textual's, which has these keys

PANES: dict[str, tuple[Key, ...]] = {
    LIST: _MOVES,
    "listing": (
        *_MOVES,
        Key("enter", "open", "why", "to the card of the line; run to it where it is not computed yet", 1),
    ),
    "card": (
        *_MOVES,
        Key("enter", "open", "why", "why is this operand what it is: open its card", 1),
        Key("backspace", "return", "return", "back to the card before", 2),
    ),
    "tensor": (*_MOVES, *_SIDEWAYS, Key("enter", "open", "why", "to the card of this number", 1)),
    "graph": (*_SIDEWAYS, *_MOVES[:2], Key("enter", "open", "why", "to the card of this node", 1)),
    "watch": _MOVES,
    "scrubber": (
        Key("left", "left", "earlier", "an iteration earlier"),
        Key("right", "right", "later", "an iteration later"),
        Key("home", "home", "start", "to the start"),
        Key("end", "end", "end", "to the latest iteration that was reached"),
    ),
}
