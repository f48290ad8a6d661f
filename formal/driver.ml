(* Reads certificates of the model, a line of numbers each, and prints 1 for what the model's checker accepts, else 0. *)

open Model

let number () = Scanf.scanf " %d" (fun n -> n)
let flag () = number () = 1

let many read =
  let count = number () in
  List.init count (fun _ -> read ())

let symbol () = match number () with -1 -> One | -2 -> Many | letter -> Letter letter
let glob () = many symbol

let condition () =
  let key = number () in
  let test =
    if flag () then Null (flag ())
    else
      let negated = flag () in
      let if_exists = flag () in
      Compare (negated, if_exists, many glob)
  in
  (key, test)

let rec tree () =
  if flag () then Leaf (many number)
  else
    let test = condition () in
    let yes = tree () in
    let no = tree () in
    Split (test, yes, no)

let () =
  for _ = 1 to number () do
    let document = many (fun () -> many condition) in
    let never = many (fun () -> many condition) in
    let goal = many condition in
    print_endline (if check 100000 document never goal [] (tree ()) then "1" else "0")
  done
