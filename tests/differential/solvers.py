"""What cvc5 and z3 say of an SMT-LIB script."""

from typing import Literal

import cvc5
import z3

Answer = Literal["sat", "unsat", "unknown"]


def ask_z3(script: str, seconds: float = 2) -> Answer:
    """What z3 says."""
    solver = z3.Solver()
    solver.set("timeout", int(seconds * 1000))
    solver.from_string(script)
    answer: Answer = str(solver.check())  # type: ignore[assignment]
    return answer


def ask_cvc5(script: str, seconds: float = 2) -> Answer:
    """What cvc5 says."""
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("tlimit-per", str(int(seconds * 1000)))
    symbols = cvc5.SymbolManager(manager)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic ALL)\n{script}", "question")
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, symbols)
    result = solver.checkSat()
    return "sat" if result.isSat() else "unsat" if result.isUnsat() else "unknown"
