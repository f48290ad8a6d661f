(* The model's checker as a program, for tools/compare_with_model.py. Numbers become OCaml's own. *)

Require Import Certificate.
Require Extraction.
Require Import ExtrOcamlBasic ExtrOcamlNatInt.

Extraction Language OCaml.
Extraction "model.ml" check.
